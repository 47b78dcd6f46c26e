"""Reading deployments."""

from collections.abc import Iterable

from django.db.models import Q

from registry.deployments.models import Deployment
from registry.model_versions.hooks import Use
from registry.model_versions.models import ModelVersion


def _of(version: ModelVersion) -> Q:
    by_alias = Q(project_id=version.project_id, model=version.name, alias__in=version.aliases)
    return Q(version=version) | Q(shadow=version) | by_alias


def uses_of(version: ModelVersion) -> list[Use]:
    """Running deployments that answer with this version, or shadow with it."""
    rows = Deployment.objects.filter(_of(version), running=True).order_by("name")
    return [Use("deployment", name, blocks=True) for name in rows.values_list("name", flat=True)]


def deployments_by_alias(project_id: int, name: str, alias: str) -> list[str]:
    """Names of running deployments that follow an alias."""
    rows = Deployment.objects.filter(project_id=project_id, model=name, alias=alias, running=True)
    return list(rows.order_by("name").values_list("name", flat=True))


def deployments_by_version(versions: Iterable[ModelVersion]) -> dict[int, list[str]]:
    """Names of running deployments of each version, in one query."""
    rows = list(versions)
    if not rows:
        return {}
    projects = {row.project_id for row in rows}
    running = list(Deployment.objects.filter(project_id__in=projects, running=True).order_by("name"))
    found: dict[int, list[str]] = {}
    for row in rows:
        names = [
            one.name
            for one in running
            if row.pk in (one.version_id, one.shadow_id)
            or (one.project_id == row.project_id and one.model == row.name and one.alias in row.aliases)
        ]
        if names:
            found[row.pk] = names
    return found


def wanted_version(row: Deployment) -> ModelVersion | None:
    """The version that a deployment is to answer with; None where its alias points nowhere."""
    if not row.alias:
        return row.version
    rows = ModelVersion.objects.filter(project_id=row.project_id, name=row.model, aliases__contains=[row.alias])
    return rows.exclude(state="deleted").first()
