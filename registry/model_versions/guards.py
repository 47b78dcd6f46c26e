"""What would break: asked before anything is archived, deleted or renamed, by our pages and by the MLflow proxy."""

from registry.model_versions import hooks
from registry.model_versions.hooks import Use
from registry.model_versions.models import AliasMove, ModelPolicy, ModelVersion


def uses_of(version: ModelVersion) -> list[Use]:
    """What would break or be orphaned without this version: what blocks, its aliases, and what only names it."""
    protected = ModelPolicy.of(version.project_id).protected
    others = [use for ask in hooks.users for use in ask(version)]
    aliases = [Use("alias", alias, blocks=alias in protected) for alias in version.aliases]
    return [use for use in others if use.blocks] + aliases + [use for use in others if not use.blocks]


def blocking(project_id: int, name: str, version: int | None = None) -> list[str]:
    """What stands against deleting a version, or a whole model where `version` is None; empty where nothing does."""
    rows = ModelVersion.objects.filter(project_id=project_id, name=name).exclude(state="deleted")
    if version is not None:
        rows = rows.filter(version=version)
    found = [f"{use.kind} {use.name}" for row in rows for use in uses_of(row) if use.blocks]
    return sorted(set(found))


def approval_of(version: ModelVersion) -> int | None:
    """The verdict that approved of this version, as a look of an acceptance contract; None where there is none."""
    found = (one.of(version) for one in hooks.approvals)
    return next((verdict for verdict in found if verdict is not None), None)


def was_approved(version: ModelVersion, alias: str) -> bool:
    """Whether this alias pointed at this version before, rightly: then pointing it back needs nothing new."""
    return AliasMove.objects.filter(version=version, alias=alias, protected=True).exclude(rollback=True).exists()
