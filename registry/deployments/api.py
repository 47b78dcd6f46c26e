"""Routes of deployments and batch predictions."""

from typing import Any, ClassVar

from django.core.files.storage import default_storage
from django.db.models import F
from django.http import FileResponse, HttpResponse
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.audit.services import record
from plateau.datalake.models import Dataset
from plateau.http.errors import NotFound, ProjectArchived
from plateau.http.etags import IF_MATCH, unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import parse
from plateau.jobs.api import job_out
from registry.deployments import client, services
from registry.deployments.errors import (
    AliasNotOnVersion,
    BatchPredictionHasNoResult,
    BatchPredictionInProgress,
    BatchPredictionTargetInvalid,
    DeploymentNameTaken,
    DeploymentNotDeleted,
    DeploymentStopped,
    ImageUnreadable,
    PredictionQueueFull,
    ServingUnavailable,
    VersionNotRunnable,
    VersionNotServable,
    VersionOfAnotherProject,
)
from registry.deployments.filters import BATCH_PREDICTIONS, DEPLOYMENTS
from registry.deployments.models import BatchPrediction, Deployment
from registry.deployments.reports import deployment_detail, deployments_out
from registry.deployments.schemas import (
    BatchPredictionIn,
    BatchPredictionOut,
    DeploymentChange,
    DeploymentDetail,
    DeploymentIn,
    DeploymentOut,
    PredictionOut,
)
from registry.model_versions.models import ModelVersion

IMAGE_BODY = {"image/*": {"type": "string", "format": "binary"}}


class ImageParser(BaseParser):
    """The body as bytes, cut one byte after the largest image that is accepted."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Read the body."""
        return bytes(stream.read(client.MAX_IMAGE_BYTES + 1))


class DeploymentList(Endpoint):
    """The deployments of the organization."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ, "POST": Scope.MODELS_WRITE}

    @document(
        summary="Deployments, newest first",
        out=Page[DeploymentOut],
        query=DEPLOYMENTS,
    )
    def get(self, request: Request) -> Response:
        """List a page of deployments."""
        rows = Deployment.objects.visible_to(self.actor).select_related("project", "version", "shadow_version")
        page = DEPLOYMENTS.rows(request, rows)
        return Response(page.page(deployments_out(page.rows)))

    @document(
        summary="Deploy", body=DeploymentIn, out=DeploymentOut, status=201,
        errors=[NotFound, DeploymentNameTaken, VersionNotServable, AliasNotOnVersion],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Create a deployment."""
        body = parse(DeploymentIn, request.data)
        version = ModelVersion.objects.visible_to(self.actor).get_or_404(pk=body.version_id)
        deployment = services.create_deployment(
            actor=self.actor,
            version=version,
            name=body.name,
            alias=body.alias,
            confidence_threshold=body.confidence_threshold,
            sample_fraction=body.sample_fraction,
        )
        return Response(deployments_out([deployment])[0], status=201)


def _get_deployment(endpoint: Endpoint, name: str) -> Deployment:
    rows = Deployment.objects.visible_to(endpoint.actor).select_related("project", "version", "shadow_version")
    return rows.get_or_404(name=name, deleted_at=None)


class DeploymentEndpoint(Endpoint):
    """A deployment."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ, "PATCH": Scope.MODELS_WRITE, "DELETE": Scope.MODELS_WRITE}

    @document(summary="A deployment and its traffic", out=DeploymentDetail, errors=[NotFound])
    def get(self, request: Request, name: str) -> Response:
        """Show a deployment with statistics of the last seven days."""
        return Response(deployment_detail(_get_deployment(self, name)))

    @document(
        summary="Change a deployment", body=DeploymentChange, out=DeploymentOut, headers=IF_MATCH,
        errors=[NotFound, VersionNotServable, VersionOfAnotherProject, AliasNotOnVersion],
    )  # fmt: skip
    def patch(self, request: Request, name: str) -> Response:
        """Change it; a new version takes over once it is warm, so no request fails."""
        body = parse(DeploymentChange, request.data)
        deployment = _get_deployment(self, name)
        changes: dict[str, Any] = body.model_dump(exclude_none=True, exclude={"version_id", "shadow_version_id"})
        if "confidence_threshold" in changes and changes["confidence_threshold"] < 0:
            changes["confidence_threshold"] = None
        versions = ModelVersion.objects.visible_to(self.actor)
        if body.version_id is not None:
            changes["version"] = versions.get_or_404(pk=body.version_id)
        if body.shadow_version_id is not None:
            changes["shadow_version"] = (
                versions.get_or_404(pk=body.shadow_version_id) if body.shadow_version_id else None
            )
        with unchanged(request, deployment, lambda: deployments_out([_get_deployment(self, name)])[0]):
            services.update_deployment(actor=self.actor, deployment=deployment, changes=changes)
        return Response(deployments_out([_get_deployment(self, name)])[0])

    @document(summary="Delete a deployment", status=204, errors=[NotFound])
    def delete(self, request: Request, name: str) -> Response:
        """It predicts nothing from now on, and can be restored for 30 days."""
        services.delete_deployment(actor=self.actor, deployment=_get_deployment(self, name))
        return Response(status=204)


class DeploymentRestore(Endpoint):
    """A deleted deployment."""

    scopes: ClassVar = {"POST": Scope.MODELS_WRITE}

    @document(
        summary="Restore a deleted deployment",
        out=DeploymentOut,
        errors=[NotFound, DeploymentNameTaken, DeploymentNotDeleted, ProjectArchived],
    )
    def post(self, request: Request, name: str) -> Response:
        """The one of this name that was deleted last."""
        rows = Deployment.objects.visible_to(self.actor).filter(name=name)
        newest_id = rows.order_by(F("deleted_at").desc(nulls_last=True)).values_list("pk", flat=True).first()
        services.restore_deployment(actor=self.actor, deployment=rows.get_active(pk=newest_id))
        return Response(deployments_out([_get_deployment(self, name)])[0])


class DeploymentPredict(Endpoint):
    """Online prediction."""

    scopes: ClassVar = {"POST": Scope.MODELS_PREDICT}
    unrecorded: ClassVar = {"POST": "counted and sampled by the deployment"}
    parser_classes = (ImageParser,)

    @document(
        summary="Predict one image (the body)", body=IMAGE_BODY, out=PredictionOut,
        errors=[NotFound, ImageUnreadable, DeploymentStopped, PredictionQueueFull, ServingUnavailable],
    )  # fmt: skip
    def post(self, request: Request, name: str) -> HttpResponse:
        """Hand the image to the serving process.

        Raises:
            ServingUnavailable: no serving process responds, or the model is not loaded yet.
            PredictionQueueFull: too many images wait.
            ImageUnreadable: the body is no image.
            DeploymentStopped: the deployment is stopped.
        """
        rows = Deployment.objects.visible_to(self.actor).only("id", "is_running")
        deployment = rows.get_or_404(name=name, deleted_at=None)
        if not deployment.is_running:
            raise DeploymentStopped
        body: Any = request.data  # bytes, or an empty dictionary where there was no body
        image = body if isinstance(body, bytes) else b""
        if not 0 < len(image) <= client.MAX_IMAGE_BYTES:
            raise ImageUnreadable("must be one image of at most 20 MiB")
        try:
            response = client.predict(deployment.pk, image)
        except client.ServingUnreachable as error:
            raise ServingUnavailable(
                "No serving process responds. It restarts automatically; try again soon."
            ) from error
        if response.status == 200:
            return HttpResponse(response.body, content_type="application/json")
        raise client.api_error_of(response)


class BatchPredictionList(Endpoint):
    """Batch predictions of a version."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ, "POST": Scope.MODELS_WRITE}

    @document(
        summary="Batch predictions of a version, newest first", out=Page[BatchPredictionOut], query=BATCH_PREDICTIONS,
        errors=[NotFound],
    )  # fmt: skip
    def get(self, request: Request, version_id: int) -> Response:
        """List a page of batch predictions."""
        version = ModelVersion.objects.visible_to(self.actor).get_or_404(pk=version_id)
        rows = BatchPrediction.objects.filter(version=version).select_related("version", "job")
        return Response(BATCH_PREDICTIONS.page(request, rows, batch_prediction_out))

    @document(
        summary="Predict over a dataset, or pre-annotate open tasks", body=BatchPredictionIn, out=BatchPredictionOut,
        status=201,
        errors=[
            NotFound, BatchPredictionInProgress, ProjectArchived, BatchPredictionTargetInvalid, VersionNotRunnable,
        ],
    )  # fmt: skip
    def post(self, request: Request, version_id: int) -> Response:
        """Submit a batch prediction.

        Raises:
            BatchPredictionTargetInvalid: neither or both were asked for.
        """
        body = parse(BatchPredictionIn, request.data)
        version = ModelVersion.objects.visible_to(self.actor).get_active(pk=version_id)
        if (body.dataset_id is None) == (body.hidden_fraction is None):
            raise BatchPredictionTargetInvalid
        if body.dataset_id is not None:
            Dataset.objects.visible_to(self.actor).get_or_404(pk=body.dataset_id)
        batch = services.submit_batch_prediction(
            actor=self.actor, version=version, dataset_id=body.dataset_id, hidden_fraction=body.hidden_fraction
        )
        return Response(batch_prediction_out(batch), status=201)


class BatchPredictionResult(Endpoint):
    """The file that a batch prediction wrote."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(
        summary="Predictions as Parquet", out=bytes, errors=[NotFound, BatchPredictionHasNoResult],
        media="application/octet-stream",
    )  # fmt: skip
    def get(self, request: Request, batch_prediction_id: int) -> FileResponse:
        """Download the predictions.

        Raises:
            BatchPredictionHasNoResult: it is not finished, or wrote pre-annotations.
        """
        batch = BatchPrediction.objects.visible_to(self.actor).get_or_404(pk=batch_prediction_id)
        if not batch.result_key:
            raise BatchPredictionHasNoResult
        record(actor=self.actor, action="batch_prediction.downloaded", subject=batch)
        return FileResponse(
            default_storage.open(batch.result_key),
            filename=f"predictions-{batch.pk}.parquet",
            content_type="application/vnd.apache.parquet",
        )


def batch_prediction_out(batch: BatchPrediction) -> BatchPredictionOut:
    """The response body; `batch` with its version and job."""
    return BatchPredictionOut(
        id=batch.pk,
        version_id=batch.version_id,
        model_name=batch.version.name,
        version=batch.version.version,
        dataset_id=batch.dataset_id,
        hidden_fraction=batch.hidden_fraction,
        predicted_count=batch.predicted_count,
        skipped_count=batch.skipped_count,
        has_result=bool(batch.result_key),
        created_at=batch.created_at,
        job=job_out(batch.job),
    )
