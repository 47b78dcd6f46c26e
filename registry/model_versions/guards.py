"""What would break: asked before anything is archived, deleted or renamed, by our pages and by the MLflow proxy."""

from django.db import connection

from annotation.projects.mlflow_workspace import workspace_of
from registry.mlflow_store.models import TrackedVersion
from registry.model_versions import hooks
from registry.model_versions.hooks import VersionUse
from registry.model_versions.models import AliasChange, ModelPolicy, ModelVersion


def lock_model(project_id: int, name: str) -> None:
    """Until the transaction ends nobody else changes what a model's aliases and stages resolve to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"model:{project_id}:{name}"])


def stage_of(version: ModelVersion) -> str:
    """MLflow's stage of a version, such as `Production` or `None`; empty where MLflow has no such version."""
    rows = TrackedVersion.objects.filter(
        workspace=workspace_of(version.project_id), name=version.name, version=version.version
    )
    return rows.values_list("current_stage", flat=True).first() or ""


def version_uses(version: ModelVersion) -> list[VersionUse]:
    """What would break or be orphaned without this version: what blocks, its aliases, and what only names it."""
    policy = ModelPolicy.for_project(version.project_id)
    uses = [use for ask in hooks.use_providers for use in ask(version)]
    names = [VersionUse("alias", alias, blocks=policy.protects(alias)) for alias in version.aliases]
    if policy.protects(stage := stage_of(version)):
        names.append(VersionUse("stage", stage, blocks=True))
    return [use for use in uses if use.blocks] + names + [use for use in uses if not use.blocks]


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
    changes = AliasChange.objects.filter(version=version, alias__iexact=alias, protected=True)
    return changes.exclude(is_rollback=True).exists()
