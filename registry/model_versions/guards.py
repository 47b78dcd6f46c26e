"""What would break: asked before anything is archived, deleted or renamed, by our pages and by the gate."""

from dataclasses import dataclass

from registry.model_versions.models import AliasMove, ModelPolicy, ModelVersion


@dataclass(frozen=True)
class Use:
    """Something that needs a version; `blocks` where it must be taken away first."""

    kind: str
    name: str
    blocks: bool


def uses_of(version: ModelVersion) -> list[Use]:
    """What would break or be orphaned without this version."""
    from registry.contracts.models import Look
    from registry.deployments.queries import deployments_of

    protected = ModelPolicy.of(version.project_id).protected
    found = [Use("deployment", name, blocks=True) for name in deployments_of(version)]
    found += [Use("alias", alias, blocks=alias in protected) for alias in version.aliases]
    looks = Look.objects.filter(model_version=version).select_related("contract").order_by("contract_id")
    found += [Use("contract", look.contract.title, blocks=False) for look in looks.distinct("contract_id")]
    return found


def blocking(project_id: int, name: str, version: int | None = None) -> list[str]:
    """What stands against deleting a version, or a whole model where `version` is None; empty where nothing does."""
    rows = ModelVersion.objects.filter(project_id=project_id, name=name).exclude(state="deleted")
    if version is not None:
        rows = rows.filter(version=version)
    found = [f"{use.kind} {use.name}" for row in rows for use in uses_of(row) if use.blocks]
    return sorted(set(found))


def approval_of(version: ModelVersion) -> int | None:
    """The look of an acceptance contract that this version passed; None where there is none."""
    from registry.contracts.models import Look

    looks = Look.objects.filter(model_version=version, verdict="pass").exclude(contract__state="withdrawn")
    return looks.order_by("-pk").values_list("pk", flat=True).first()


def was_approved(version: ModelVersion, alias: str) -> bool:
    """Whether this alias pointed at this version before, rightly: then pointing it back needs nothing new."""
    return AliasMove.objects.filter(version=version, alias=alias, protected=True).exclude(rollback=True).exists()
