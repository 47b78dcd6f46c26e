"""Writes of deployments and batch predictions."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from labelkit.messages import Message
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.datalake.erasure import RESTORABLE_DAYS
from plateau.jobs import services as jobs
from plateau.jobs.queries import find_unfinished_jobs
from registry.deployments.errors import (
    AliasNotOnVersion,
    BatchPredictionInProgress,
    DeploymentNameTaken,
    DeploymentNotDeleted,
    VersionNotRunnable,
    VersionNotServable,
    VersionOfAnotherProject,
)
from registry.deployments.job_kinds import PREDICT, BatchPredictionPayload
from registry.deployments.models import BatchPrediction, Deployment
from registry.deployments.queries import target_version
from registry.model_versions.models import ModelVersion, VersionState
from registry.serving_backends.catalog import SERVING_BACKENDS


def check_servable(version: ModelVersion, field: str = "version_id") -> None:
    """Reject what cannot be served.

    Raises:
        VersionNotServable: it is archived, deleted, or no ONNX model of images.
    """
    if version.state != VersionState.READY:
        raise VersionNotServable(version, Message("has the state {state}", state=version.state), field=field)
    if SERVING_BACKENDS.find(version) is None:
        reason = (
            "is not an ONNX image model with labels and image_size in its metadata; only such models "
            "are served, since other formats can run arbitrary code"
        )
        raise VersionNotServable(version, reason, field=field)


@transaction.atomic
def create_deployment(
    *,
    actor: Actor,
    version: ModelVersion,
    name: str,
    alias: str,
    confidence_threshold: float | None,
    sample_fraction: float,
) -> Deployment:
    """Deploy a version, or whatever its alias points at from now on.

    Raises:
        DeploymentNameTaken: the organization has a deployment of this name.
        VersionNotServable: see `check_servable`.
        AliasNotOnVersion: the version does not have the alias.
    """
    check_servable(version)
    if alias and alias not in version.aliases:
        raise AliasNotOnVersion(
            Message("does not point to {name} {version}", name=version.name, version=version.version)
        )
    try:
        with transaction.atomic():
            deployment = Deployment.objects.create(
                organization_id=actor.organization_id,
                project_id=version.project_id,
                name=name,
                model_name=version.name,
                alias=alias,
                version=None if alias else version,
                confidence_threshold=confidence_threshold,
                sample_fraction=sample_fraction,
                created_by_id=actor.user_id or None,
            )
    except IntegrityError as error:
        raise DeploymentNameTaken(name) from error
    record(
        actor=actor, action="deployment.created", subject=deployment, name=name, model=version.name, alias=alias,
        version=version.version,
    )  # fmt: skip
    return deployment


@transaction.atomic
def update_deployment(*, actor: Actor, deployment: Deployment, changes: dict[str, Any]) -> Deployment:
    """Switch version, shadow, threshold or sampling; stop or start.

    Raises:
        VersionNotServable, VersionOfAnotherProject: of a version in `changes`.
        AliasNotOnVersion: the alias points at no version.
    """
    row = Deployment.objects.select_for_update().get(pk=deployment.pk)
    audited = dict(changes)
    for field in ("version", "shadow_version"):
        version = changes.get(field)
        if version is None:
            continue
        check_servable(version, f"{field}_id")
        if version.project_id != row.project_id:
            raise VersionOfAnotherProject(field)
        audited[field] = f"{version.name} {version.version}"
    if changes.get("version") is not None:
        row.alias, row.model_name = "", changes["version"].name
    if changes.get("alias"):
        row.version = None
    for key, value in changes.items():
        setattr(row, key, value)
    if row.alias and target_version(row) is None:
        raise AliasNotOnVersion(
            Message("no version of {model_name} has the alias “{alias}”", model_name=row.model_name, alias=row.alias)
        )
    row.save()
    record(actor=actor, action="deployment.updated", subject=row, name=row.name, **audited)
    return row


@transaction.atomic
def delete_deployment(*, actor: Actor, deployment: Deployment) -> None:
    """Stop predicting, and give the name free; it can be restored until `purge_deleted` comes."""
    deployment.deleted_at = timezone.now()
    deployment.save(update_fields=["deleted_at"])
    record(actor=actor, action="deployment.deleted", subject=deployment, name=deployment.name)


@transaction.atomic
def restore_deployment(*, actor: Actor, deployment: Deployment) -> Deployment:
    """Go on as before it was deleted.

    Raises:
        DeploymentNotDeleted: it is not deleted.
        DeploymentNameTaken: another one has its name by now.
    """
    row = Deployment.objects.select_for_update().get(pk=deployment.pk)
    if row.deleted_at is None:
        raise DeploymentNotDeleted
    row.deleted_at = None
    try:
        with transaction.atomic():
            row.save(update_fields=["deleted_at"])
    except IntegrityError as error:
        raise DeploymentNameTaken(row.name) from error
    record(actor=actor, action="deployment.restored", subject=row, name=row.name)
    return row


def purge_deleted() -> int:
    """Delete for good, with statistics and feedback, what was deleted `RESTORABLE_DAYS` ago; how many."""
    rows = Deployment.objects.filter(deleted_at__lt=timezone.now() - timedelta(days=RESTORABLE_DAYS))
    return rows.delete()[1].get(Deployment._meta.label, 0)


@transaction.atomic
def submit_batch_prediction(
    *, actor: Actor, version: ModelVersion, dataset_id: int | None, hidden_fraction: float | None
) -> BatchPrediction:
    """Submit a job that predicts over a dataset, or pre-annotates the project's open tasks.

    Raises:
        VersionNotRunnable: workers cannot run the version.
        BatchPredictionInProgress: the same is in progress.
    """
    if version.state != VersionState.READY or not (version.is_evaluable or SERVING_BACKENDS.find(version)):
        raise VersionNotRunnable(version, Message("cannot be run here, or its state is {state}", state=version.state))
    if find_unfinished_jobs(PREDICT, project=version.project_id, version=version.pk, dataset=dataset_id).exists():
        raise BatchPredictionInProgress
    batch = jobs.submit_with(
        PREDICT,
        row=lambda job: BatchPrediction.objects.create(
            project_id=version.project_id,
            version=version,
            dataset_id=dataset_id,
            hidden_fraction=hidden_fraction,
            job=job,
            created_by_id=actor.user_id or None,
        ),
        payload=lambda batch: BatchPredictionPayload(batch_prediction_id=batch.pk),
        actor=actor,
        project_id=version.project_id,
    )
    record(actor=actor, action="batch_prediction.submitted", subject=batch, model=version.name, version=version.version)
    return batch
