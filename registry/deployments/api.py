"""Routes of deployments."""

from typing import Any, ClassVar

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.audit.services import record
from plateau.datalake.models import Dataset
from plateau.http.errors import Conflict, Invalid, NotFound, ProjectArchived, TooMany, Unavailable
from plateau.http.openapi import document
from plateau.http.paging import PAGE_QUERY, Page, page, page_rows
from plateau.http.validation import parse
from plateau.jobs.api import job_out
from registry.deployments import client, services
from registry.deployments.models import Batch, Deployment
from registry.deployments.reports import detail_of, out_of
from registry.deployments.schemas import (
    BatchIn,
    BatchRunOut,
    DeploymentChange,
    DeploymentDetail,
    DeploymentIn,
    DeploymentOut,
    Prediction,
)
from registry.model_versions.models import ModelVersion

PICTURE = {"image/*": {"type": "string", "format": "binary"}}


class RawParser(BaseParser):
    """The body as it came."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """All of it, up to what serving takes."""
        return bytes(stream.read(client.MAX_BYTES + 1))


class DeploymentList(Endpoint):
    """What runs."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ, "POST": Scope.MODELS_WRITE}

    @document(summary="Deployments, newest first", out=Page[DeploymentOut], query=PAGE_QUERY, refusals=[Invalid])
    def get(self, request: Request) -> Response:
        """One page."""
        rows = Deployment.objects.visible_to(self.actor).select_related("project", "version", "shadow")
        found, following = page_rows(request, rows)
        return Response(Page(rows=out_of(found), next=following))

    @document(summary="Deploy", body=DeploymentIn, out=DeploymentOut, status=201, refusals=[NotFound, Conflict])
    def post(self, request: Request) -> Response:
        """A new name that answers."""
        given = parse(DeploymentIn, request.data)
        version = ModelVersion.objects.visible_to(self.actor).one(pk=given.version_id)
        row = services.deploy(
            actor=self.actor,
            version=version,
            name=given.name,
            alias=given.alias,
            threshold=given.threshold,
            sample_share=given.sample_share,
        )
        return Response(out_of([row])[0], status=201)


def _named(endpoint: Endpoint, name: str) -> Deployment:
    rows = Deployment.objects.visible_to(endpoint.actor).select_related("project", "version", "shadow")
    return rows.one(name=name)


class DeploymentOne(Endpoint):
    """One deployment."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ, "PATCH": Scope.MODELS_WRITE, "DELETE": Scope.MODELS_WRITE}

    @document(summary="A deployment and what it saw", out=DeploymentDetail, refusals=[NotFound])
    def get(self, request: Request, name: str) -> Response:
        """With its last days."""
        return Response(detail_of(_named(self, name)))

    @document(summary="Change a deployment", body=DeploymentChange, out=DeploymentOut, refusals=[NotFound, Invalid])
    def patch(self, request: Request, name: str) -> Response:
        """The new version takes over once it is warm; no request fails."""
        given = parse(DeploymentChange, request.data)
        row = _named(self, name)
        changes: dict[str, Any] = given.model_dump(exclude_none=True, exclude={"version_id", "shadow_id"})
        if "threshold" in changes and changes["threshold"] < 0:
            changes["threshold"] = None
        versions = ModelVersion.objects.visible_to(self.actor)
        if given.version_id is not None:
            changes["version"] = versions.one(pk=given.version_id)
        if given.shadow_id is not None:
            changes["shadow"] = versions.one(pk=given.shadow_id) if given.shadow_id else None
        services.change(actor=self.actor, deployment=row, changes=changes)
        return Response(out_of([_named(self, name)])[0])

    @document(summary="Take a deployment down", status=204, refusals=[NotFound])
    def delete(self, request: Request, name: str) -> Response:
        """At once, with what was counted."""
        services.take_down(actor=self.actor, deployment=_named(self, name))
        return Response(status=204)


class DeploymentPredict(Endpoint):
    """The door for pictures."""

    scopes: ClassVar = {"POST": Scope.MODELS_PREDICT}
    parser_classes = (RawParser,)

    @document(
        summary="Answer one picture (the body)", body=PICTURE, out=Prediction,
        refusals=[NotFound, Invalid, Conflict, TooMany, Unavailable],
    )  # fmt: skip
    def post(self, request: Request, name: str) -> HttpResponse:
        """From the serving process.

        Raises:
            Unavailable: no serving process answers, or the model is not loaded yet.
            TooMany: too many pictures wait.
            Invalid: it is no picture.
            Conflict: the deployment is stopped.
        """
        rows = Deployment.objects.visible_to(self.actor).only("id", "running")
        row = rows.one(name=name)
        if not row.running:
            raise Conflict("This deployment is stopped.")
        given: Any = request.data  # bytes, or nothing where there was no body
        data = given if isinstance(given, bytes) else b""
        if not 0 < len(data) <= client.MAX_BYTES:
            raise Invalid("body: must be one picture of at most 20 MiB", [])
        try:
            served = client.predict(row.pk, data)
        except client.Away as error:
            raise Unavailable("No serving process answers. It is started again by itself; try again soon.") from error
        if served.status == 200:
            return HttpResponse(served.body, content_type="application/json")
        raise client.refusal_of(served)


class DeploymentBatches(Endpoint):
    """Many pictures at once."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ, "POST": Scope.MODELS_WRITE}

    @document(summary="Batches of a version", out=Page[BatchRunOut], query=PAGE_QUERY, refusals=[NotFound, Invalid])
    def get(self, request: Request, version_id: int) -> Response:
        """Newest first."""
        version = ModelVersion.objects.visible_to(self.actor).one(pk=version_id)
        rows = Batch.objects.filter(version=version).select_related("version", "job")
        return Response(page(request, rows, batch_out))

    @document(
        summary="Predict over a dataset, or propose labels", body=BatchIn, out=BatchRunOut, status=201,
        refusals=[NotFound, Conflict, ProjectArchived],
    )  # fmt: skip
    def post(self, request: Request, version_id: int) -> Response:
        """Order one.

        Raises:
            Invalid: neither or both were asked for.
        """
        given = parse(BatchIn, request.data)
        version = ModelVersion.objects.visible_to(self.actor).active(pk=version_id)
        if (given.dataset_id is None) == (given.hidden_share is None):
            raise Invalid("body: give dataset_id, or hidden_share to propose labels", [])
        if given.dataset_id is not None:
            Dataset.objects.visible_to(self.actor).one(pk=given.dataset_id)
        row = services.order_batch(
            actor=self.actor, version=version, dataset_id=given.dataset_id, hidden_share=given.hidden_share
        )
        return Response(batch_out(row), status=201)


class BatchResult(Endpoint):
    """What a batch found."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(
        summary="Predictions as Parquet", out=bytes, refusals=[NotFound, Conflict], media="application/octet-stream"
    )
    def get(self, request: Request, batch_id: int) -> FileResponse:
        """The file.

        Raises:
            Conflict: it is not ready.
        """
        row = Batch.objects.visible_to(self.actor).one(pk=batch_id)
        if not row.result_key:
            raise Conflict("The batch is not ready yet, or wrote proposals into the queue.")
        record(actor=self.actor, action="batch.downloaded", subject=row)
        return FileResponse(
            default_storage.open(row.result_key),
            filename=f"predictions-{row.pk}.parquet",
            content_type="application/vnd.apache.parquet",
        )


def batch_out(row: Batch) -> BatchRunOut:
    """A batch on the wire."""
    return BatchRunOut(
        id=row.pk,
        version_id=row.version_id,
        model=row.version.name,
        version=row.version.version,
        dataset_id=row.dataset_id,
        hidden_share=row.hidden_share,
        done=row.done,
        skipped=row.skipped,
        ready=bool(row.result_key),
        created_at=row.created_at,
        job=job_out(row.job),
    )
