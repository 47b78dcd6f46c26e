"""Reads of deployments."""

from collections.abc import Iterable

from django.db.models import Q

from registry.deployments.models import BatchPrediction, Deployment
from registry.model_versions.hooks import VersionUse
from registry.model_versions.models import ModelVersion


def _uses(version: ModelVersion) -> Q:
    by_alias = Q(project_id=version.project_id, model_name=version.name, alias__in=version.aliases)
    return Q(version=version) | Q(shadow_version=version) | by_alias


def uses_of(version: ModelVersion) -> list[VersionUse]:
    """Running deployments that serve this version, or shadow with it."""
    rows = Deployment.objects.filter(_uses(version), is_running=True, deleted_at=None).order_by("name")
    return [VersionUse("deployment", name, blocks=True) for name in rows.values_list("name", flat=True)]


def deployments_by_alias(project_id: int, name: str, alias: str) -> list[str]:
    """Names of running deployments that follow an alias."""
    rows = Deployment.objects.filter(
        project_id=project_id, model_name=name, alias=alias, is_running=True, deleted_at=None
    )
    return list(rows.order_by("name").values_list("name", flat=True))


def deployments_by_version(versions: Iterable[ModelVersion]) -> dict[int, list[str]]:
    """Names of running deployments of each version, in one query."""
    versions = list(versions)
    if not versions:
        return {}
    projects = {version.project_id for version in versions}
    running = list(
        Deployment.objects.filter(project_id__in=projects, is_running=True, deleted_at=None).order_by("name")
    )
    names_by_version: dict[int, list[str]] = {}
    for version in versions:
        names = [
            deployment.name
            for deployment in running
            if version.pk in (deployment.version_id, deployment.shadow_version_id)
            or (
                deployment.project_id == version.project_id
                and deployment.model_name == version.name
                and deployment.alias in version.aliases
            )
        ]
        if names:
            names_by_version[version.pk] = names
    return names_by_version


def target_version(deployment: Deployment) -> ModelVersion | None:
    """The version that a deployment should serve; None where its alias points nowhere."""
    if not deployment.alias:
        return deployment.version
    versions = ModelVersion.objects.filter(
        project_id=deployment.project_id, name=deployment.model_name, aliases__contains=[deployment.alias]
    )
    return versions.exclude(state="deleted").first()


def organization_of_feedback(key: str) -> int | None:
    """Whose a file `feedback/<deployment>/…` is: it counts for the organization's quota."""
    rows = Deployment.objects.filter(pk=_number_in(key))
    return rows.values_list("project__organization_id", flat=True).first()


def organization_of_predictions(key: str) -> int | None:
    """Whose a file `predictions/<batch>/…` is: it counts for the organization's quota."""
    rows = BatchPrediction.objects.filter(pk=_number_in(key))
    return rows.values_list("project__organization_id", flat=True).first()


def _number_in(key: str) -> int:
    number = key.split("/")[1]
    return int(number) if number.isdecimal() else 0
