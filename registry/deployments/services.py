"""Changing what runs."""

from typing import Any

from django.db import IntegrityError, transaction

from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.http.errors import Conflict, Invalid
from plateau.jobs import services as jobs
from plateau.jobs.queries import under_way
from registry.deployments.job_kinds import PREDICT, BatchOrder
from registry.deployments.models import Batch, Deployment
from registry.deployments.queries import wanted_version
from registry.model_versions.models import ModelVersion, VersionState


def check_servable(version: ModelVersion, field: str = "version_id") -> None:
    """Refuse what cannot be served.

    Raises:
        Invalid: it is archived, deleted, or no ONNX model of pictures.
    """
    message = ""
    if version.state != VersionState.READY:
        message = f"{version.name} {version.version} is {version.state}"
    elif not version.graph:
        message = (
            f"{version.name} {version.version} is no ONNX model of pictures with labels and input_side in its "
            "metadata; only such models are served, since other formats run code of whoever made them"
        )
    if message:
        raise Invalid(f"{field}: {message}", [{"field": field, "message": message}])


@transaction.atomic
def deploy(*, actor: Actor, version: ModelVersion, name: str, alias: str, **facts: Any) -> Deployment:
    """A new deployment of a version, or of whatever its alias points at from now on.

    Raises:
        Conflict: the name is taken.
        Invalid: the version cannot be served, or does not have the alias.
    """
    check_servable(version)
    if alias and alias not in version.aliases:
        message = f"does not point at {version.name} {version.version}"
        raise Invalid(f"alias: {message}", [{"field": "alias", "message": message}])
    try:
        with transaction.atomic():
            row = Deployment.objects.create(
                organization_id=actor.organization_id,
                project_id=version.project_id,
                name=name,
                model=version.name,
                alias=alias,
                version=None if alias else version,
                created_by_id=actor.user_id or None,
                **facts,
            )
    except IntegrityError as error:
        raise Conflict(f"There is a deployment named “{name}” already.") from error
    record(
        actor=actor, action="deployment.made", subject=row, name=name, model=version.name, alias=alias,
        version=version.version,
    )  # fmt: skip
    return row


@transaction.atomic
def change(*, actor: Actor, deployment: Deployment, changes: dict[str, Any]) -> Deployment:
    """Switch version, shadow, threshold, share; stop or start.

    Raises:
        Invalid: a version cannot be served, or is of another project.
    """
    row = Deployment.objects.select_for_update().get(pk=deployment.pk)
    told = dict(changes)
    for field in ("version", "shadow"):
        version = changes.get(field)
        if version is None:
            continue
        check_servable(version, f"{field}_id")
        if version.project_id != row.project_id:
            raise Invalid(f"{field}_id: is of another project", [{"field": field, "message": "is of another project"}])
        told[field] = f"{version.name} {version.version}"
    if changes.get("version") is not None:
        row.alias, row.model = "", changes["version"].name
    if changes.get("alias"):
        row.version = None
    for key, value in changes.items():
        setattr(row, key, value)
    if row.alias and wanted_version(row) is None:
        message = f"no version of {row.model} has the alias “{row.alias}”"
        raise Invalid(f"alias: {message}", [{"field": "alias", "message": message}])
    row.save()
    record(actor=actor, action="deployment.changed", subject=row, name=row.name, **told)
    return row


@transaction.atomic
def take_down(*, actor: Actor, deployment: Deployment) -> None:
    """Remove a deployment with its counts."""
    record(actor=actor, action="deployment.removed", subject=deployment, name=deployment.name)
    deployment.delete()


@transaction.atomic
def order_batch(*, actor: Actor, version: ModelVersion, dataset_id: int | None, hidden_share: float | None) -> Batch:
    """Predict over a dataset, or propose labels for the project's open tasks; a worker does it.

    Raises:
        Invalid: the version cannot be run.
        Conflict: the same is under way.
    """
    if version.state != VersionState.READY or not version.judgeable:
        message = f"{version.name} {version.version} cannot be run here, or is {version.state}"
        raise Invalid(f"version_id: {message}", [{"field": "version_id", "message": message}])
    if under_way(PREDICT, project=version.project_id, version=version.pk, dataset=dataset_id).exists():
        raise Conflict("This is under way already.")
    row = jobs.submit_with(
        PREDICT,
        row=lambda job: Batch.objects.create(
            project_id=version.project_id,
            version=version,
            dataset_id=dataset_id,
            hidden_share=hidden_share,
            job=job,
            created_by_id=actor.user_id or None,
        ),
        payload=lambda made: BatchOrder(batch_id=made.pk),
        actor=actor,
        project_id=version.project_id,
    )
    record(actor=actor, action="batch.ordered", subject=row, model=version.name, version=version.version)
    return row
