"""Routes of browser exports: a model that runs where the pictures are."""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import orjson
from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse
from django.urls import reverse
from pydantic import BaseModel
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.audit.services import record
from plateau.http.errors import Conflict, NotFound, ProjectArchived
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.jobs import services as jobs
from plateau.jobs.api import JobOut, job_out
from plateau.jobs.queries import find_jobs, find_unfinished_jobs
from registry.model_versions.filters import EXPORTS
from registry.model_versions.job_kinds import EXPORT, ExportPayload
from registry.model_versions.models import BrowserExport, ModelVersion, VersionState
from registry.model_versions.queries import newest_snapshot
from registry.model_versions.schemas import DifferenceOut

RUNNER = Path(settings.ROOT) / "frontend" / "dist" / "runner"


class ExportOut(BaseModel):
    """One number format: how large, and what it costs on the sealed split (paired, 95 % interval).

    `metric` is what its kind goes by, `value` what it reaches; `largest` is the largest difference of a probability,
    score or share from the version itself.
    """

    variant: str
    size: int
    problem: str
    metric: str
    value: float | None
    difference: DifferenceOut | None
    largest: float | None
    items: int
    made_at: datetime


class ExportPage(Page[ExportOut]):
    """Formats of a version, and the job that makes them."""

    job: JobOut | None


class SampleOut(BaseModel):
    """An input as PNG (base64) and what the server's graph says of it: every output by name, flat and thinned."""

    png: str
    said: dict[str, list[float]]


class ExportCardOut(BaseModel):
    """What the browser needs to run a model: `model` is where its file lies, `kind` says what comes out of it."""

    name: str
    version: int
    variant: str
    kind: str
    labels: list[str]
    titles: list[str]
    side: int
    model: str
    size: int
    samples: list[SampleOut]


def _version(endpoint: Endpoint, version_id: int) -> ModelVersion:
    rows = ModelVersion.objects.visible_to(endpoint.actor).select_related("snapshot")
    return rows.one(pk=version_id)


def _made(endpoint: Endpoint, version_id: int, variant: str) -> BrowserExport:
    version = _version(endpoint, version_id)
    row = version.exports.filter(variant=variant).exclude(storage_key="").first()
    if row is None:
        raise NotFound("This version was not exported in this format.")
    row.version = version
    return row


def card_of(row: BrowserExport, model: str) -> ExportCardOut:
    """The card beside the model."""
    version = row.version
    names = {label["id"]: label["name"] for label in version.snapshot.labels} if version.snapshot else {}
    labels: list[str] = version.facts.get("labels", [])
    return ExportCardOut(
        name=version.name,
        version=version.version,
        variant=row.variant,
        kind=version.in_browser,
        labels=labels,
        titles=[names.get(label, label) for label in labels],
        side=version.facts["input_side"],
        model=model,
        size=row.size,
        samples=[one for one in row.facts.get("samples", []) if "said" in one],  # older exports have none to check by
    )


class ExportList(Endpoint):
    """Formats of a version."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ, "POST": Scope.RUNS_WRITE}

    @document(summary="Browser exports of a version", out=ExportPage, query=EXPORTS, refusals=[NotFound])
    def get(self, request: Request, version_id: int) -> Response:
        """With what each costs."""
        version = _version(self, version_id)
        job = find_jobs(EXPORT, project=version.project_id, version=version.pk).order_by("-pk").first()
        page = EXPORTS.page(request, [_out(row) for row in version.exports.order_by("variant")])
        return Response(ExportPage(**dict(page), job=job_out(job) if job else None))

    @document(summary="Export for the browser", out=JobOut, status=201, refusals=[NotFound, Conflict, ProjectArchived])
    def post(self, request: Request, version_id: int) -> Response:
        """A worker converts, compresses and judges.

        Raises:
            Conflict: it is no ONNX model of pictures, there is no snapshot to judge by, or it is under way.
        """
        version = ModelVersion.objects.visible_to(self.actor).active(pk=version_id)
        if not version.in_browser or version.state != VersionState.READY:
            raise Conflict(
                "Only ONNX models of pictures with labels and input_side in their metadata run in the browser."
            )
        snapshot = newest_snapshot(version.project_id)
        if snapshot is None:
            raise Conflict("There is no ready snapshot to judge the formats by. Freeze one first.")
        if find_unfinished_jobs(EXPORT, project=version.project_id, version=version.pk).exists():
            raise Conflict("It is being exported already.")
        order = ExportPayload(snapshot_id=snapshot.pk, version_id=version.pk)
        job = jobs.submit(EXPORT, order, actor=self.actor, project_id=version.project_id)
        return Response(job_out(job), status=201)


def _out(row: BrowserExport) -> ExportOut:
    facts: dict[str, Any] = row.facts
    return ExportOut(
        variant=row.variant,
        size=row.size,
        problem=row.problem,
        metric=facts.get("metric", ""),
        value=facts.get("value", facts.get("accuracy")),  # older exports are of classifiers
        difference=facts.get("difference"),
        largest=facts.get("largest"),
        items=facts.get("items", 0),
        made_at=row.made_at,
    )


class ExportCard(Endpoint):
    """The card."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(summary="What the browser needs to run an export", out=ExportCardOut, refusals=[NotFound])
    def get(self, request: Request, version_id: int, variant: str) -> Response:
        """Labels, input, samples."""
        row = _made(self, version_id, variant)
        return Response(card_of(row, reverse("version-export-model-onnx", args=[version_id, variant])))


class ExportFile(Endpoint):
    """The file."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(summary="An export's ONNX file", out=bytes, refusals=[NotFound], media="application/octet-stream")
    def get(self, request: Request, version_id: int, variant: str) -> FileResponse:
        """Its bytes."""
        row = _made(self, version_id, variant)
        record(actor=self.actor, action="model.downloaded", subject=row.version, form=variant)
        response = FileResponse(default_storage.open(row.storage_key), content_type="application/octet-stream")
        response["Cache-Control"] = "private, max-age=60"
        return response


class ExportFolder(Endpoint):
    """The folder."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(
        summary="A folder that runs on any web server",
        out=bytes,
        refusals=[NotFound, Conflict],
        media="application/zip",
    )
    def get(self, request: Request, version_id: int, variant: str) -> FileResponse:
        """Page, runtime, model and card, zipped.

        Raises:
            Conflict: this installation was built without the page.
        """
        row = _made(self, version_id, variant)
        if not (RUNNER / "index.html").is_file():
            raise Conflict("The browser page is not built here. Run `make build` first.")
        record(actor=self.actor, action="model.downloaded", subject=row.version, form=f"{variant} folder")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(RUNNER.rglob("*")):
                if path.is_file() and path.suffix not in (".map", ".gz", ".br"):
                    archive.write(path, str(path.relative_to(RUNNER)))
            archive.writestr("model.json", orjson.dumps(card_of(row, "model.onnx").model_dump()))
            with default_storage.open(row.storage_key) as file:
                archive.writestr("model.onnx", file.read())
        out.seek(0)
        name = f"{row.version.name}-{row.version.version}-{variant}.zip"
        return FileResponse(out, as_attachment=True, filename=name, content_type="application/zip")
