"""What would break: asked before anything is archived, deleted or renamed, by our pages and by the MLflow proxy."""

from registry.model_versions import hooks
from registry.model_versions.hooks import VersionUse
from registry.model_versions.models import AliasChange, ModelPolicy, ModelVersion


def version_uses(version: ModelVersion) -> list[VersionUse]:
    """What would break or be orphaned without this version: what blocks, its aliases, and what only names it."""
    protected = ModelPolicy.for_project(version.project_id).protected_aliases
    uses = [use for ask in hooks.use_providers for use in ask(version)]
    aliases = [VersionUse("alias", alias, blocks=alias in protected) for alias in version.aliases]
    return [use for use in uses if use.blocks] + aliases + [use for use in uses if not use.blocks]


def blocking_uses(project_id: int, name: str, version: int | None = None) -> list[str]:
    """What stands against deleting a version, or a whole model where `version` is None; empty where nothing does."""
    rows = ModelVersion.objects.filter(project_id=project_id, name=name).exclude(state="deleted")
    if version is not None:
        rows = rows.filter(version=version)
    uses = [f"{use.kind} {use.name}" for row in rows for use in version_uses(row) if use.blocks]
    return sorted(set(uses))


def approval_of(version: ModelVersion) -> int | None:
    """The verdict that approved of this version, as a look of an acceptance contract; None where there is none."""
    verdicts = (approval.newest_approval(version) for approval in hooks.approval_providers)
    return next((evaluation_id for evaluation_id in verdicts if evaluation_id is not None), None)


def was_approved(version: ModelVersion, alias: str) -> bool:
    """Whether this alias pointed at this version before, rightly: then pointing it back needs nothing new."""
    return AliasChange.objects.filter(version=version, alias=alias, protected=True).exclude(is_rollback=True).exists()
