"""Routes of browser exports: models that run in the browser."""

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
from plateau.http.errors import NotFound, ProjectArchived
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.jobs import services as jobs
from plateau.jobs.api import JobOut, job_out
from plateau.jobs.queries import find_jobs, find_unfinished_jobs
from registry.model_versions.errors import (
    ExportInProgress,
    FilesChanged,
    NoReadySnapshot,
    RunnerNotBuilt,
    VersionNotExportable,
)
from registry.model_versions.filters import EXPORTS
from registry.model_versions.immutability import check_export
from registry.model_versions.job_kinds import EXPORT, ExportPayload
from registry.model_versions.models import BrowserExport, ModelVersion, VersionState
from registry.model_versions.queries import newest_snapshot
from registry.model_versions.schemas import DifferenceOut

RUNNER_FOLDER = Path(settings.ROOT) / "frontend" / "dist" / "runner"


class BrowserExportOut(BaseModel):
    """An export in one number format, with its metric on the held-out test set (difference paired, 95 % interval).

    `metric` is the primary metric of the project type; `max_abs_difference` is the largest difference of an output
    from the version itself.
    """

    variant: str
    size_bytes: int
    error: str
    metric: str
    value: float | None
    difference: DifferenceOut | None
    max_abs_difference: float | None
    items: int
    updated_at: datetime


class ExportPage(Page[BrowserExportOut]):
    """Formats of a version, and the job that makes them."""

    job: JobOut | None


class SampleOut(BaseModel):
    """An input as PNG (base64) and the outputs of the server's graph: by name, flat and subsampled."""

    png: str
    outputs: dict[str, list[float]]


class ExportManifestOut(BaseModel):
    """What the browser needs to run a model: `model_url` is where its file lies, `output_kind` what its outputs are."""

    name: str
    version: int
    variant: str
    output_kind: str
    labels: list[str]
    label_names: list[str]
    image_size: int
    model_url: str
    size_bytes: int
    samples: list[SampleOut]


def _version(endpoint: Endpoint, version_id: int) -> ModelVersion:
    rows = ModelVersion.objects.visible_to(endpoint.actor).select_related("snapshot")
    return rows.get_or_404(pk=version_id)


def _finished_export(endpoint: Endpoint, version_id: int, variant: str) -> BrowserExport:
    version = _version(endpoint, version_id)
    row = version.exports.filter(variant=variant).exclude(storage_key="").first()
    if row is None:
        raise NotFound("This version has not been exported in this format.")
    row.version = version
    return row


def manifest_of_export(row: BrowserExport, model_url: str) -> ExportManifestOut:
    """The manifest beside the model."""
    version = row.version
    names = {label["id"]: label["name"] for label in version.snapshot.labels} if version.snapshot else {}
    labels: list[str] = version.facts.get("labels", [])
    return ExportManifestOut(
        name=version.name,
        version=version.version,
        variant=row.variant,
        output_kind=version.browser_output_kind,
        labels=labels,
        label_names=[names.get(label, label) for label in labels],
        image_size=version.facts["image_size"],
        model_url=model_url,
        size_bytes=row.size_bytes,
        samples=[
            sample for sample in row.facts.get("samples", []) if "outputs" in sample
        ],  # older exports have none to check by
    )


class ExportList(Endpoint):
    """Exports of a version."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ, "POST": Scope.RUNS_WRITE}

    @document(summary="Browser exports of a version", out=ExportPage, query=EXPORTS, errors=[NotFound])
    def get(self, request: Request, version_id: int) -> Response:
        """With what each costs."""
        version = _version(self, version_id)
        job = find_jobs(EXPORT, project=version.project_id, version=version.pk).order_by("-pk").first()
        page = EXPORTS.page(request, [_out(row) for row in version.exports.order_by("variant")])
        return Response(ExportPage(**dict(page), job=job_out(job) if job else None))

    @document(
        summary="Export for the browser",
        out=JobOut,
        status=201,
        errors=[NotFound, VersionNotExportable, NoReadySnapshot, ExportInProgress, ProjectArchived],
    )
    def post(self, request: Request, version_id: int) -> Response:
        """A worker converts, quantizes and evaluates.

        Raises:
            VersionNotExportable: it is no ONNX model of images with metadata.
            NoReadySnapshot: there is nothing to evaluate on.
            ExportInProgress: it is being exported.
        """
        version = ModelVersion.objects.visible_to(self.actor).get_active(pk=version_id)
        if not version.browser_output_kind or version.state != VersionState.READY:
            raise VersionNotExportable(
                "Only ONNX image models with labels and image_size in their metadata run in the browser."
            )
        snapshot = newest_snapshot(version.project_id)
        if snapshot is None:
            raise NoReadySnapshot("No snapshot is ready to evaluate the formats on. Create one first.")
        if find_unfinished_jobs(EXPORT, project=version.project_id, version=version.pk).exists():
            raise ExportInProgress("This version is already being exported.")
        order = ExportPayload(snapshot_id=snapshot.pk, version_id=version.pk)
        record(actor=self.actor, action="model.export_submitted", subject=version, name=version.name)
        job = jobs.submit(EXPORT, order, actor=self.actor, project_id=version.project_id)
        return Response(job_out(job), status=201)


def _out(row: BrowserExport) -> BrowserExportOut:
    facts: dict[str, Any] = row.facts
    return BrowserExportOut(
        variant=row.variant,
        size_bytes=row.size_bytes,
        error=row.error,
        metric=facts.get("metric", ""),
        value=facts.get("value", facts.get("accuracy")),  # older exports are of classifiers
        difference=facts.get("difference"),
        max_abs_difference=facts.get("max_abs_difference"),
        items=facts.get("items", 0),
        updated_at=row.updated_at,
    )


class ExportManifest(Endpoint):
    """The manifest."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(summary="What the browser needs to run an export", out=ExportManifestOut, errors=[NotFound])
    def get(self, request: Request, version_id: int, variant: str) -> Response:
        """Labels, input, samples."""
        row = _finished_export(self, version_id, variant)
        return Response(manifest_of_export(row, reverse("model-version-export-model-onnx", args=[version_id, variant])))


class ExportFile(Endpoint):
    """The file."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(
        summary="An export's ONNX file", out=bytes, errors=[NotFound, FilesChanged], media="application/octet-stream"
    )
    def get(self, request: Request, version_id: int, variant: str) -> FileResponse:
        """Its bytes.

        Raises:
            FilesChanged: they are not those that the worker wrote.
        """
        row = _finished_export(self, version_id, variant)
        check_export(row)
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
        errors=[NotFound, RunnerNotBuilt, FilesChanged],
        media="application/zip",
    )
    def get(self, request: Request, version_id: int, variant: str) -> FileResponse:
        """Page, runtime, model and manifest, zipped.

        Raises:
            RunnerNotBuilt: this installation was built without the page.
            FilesChanged: the export is not what the worker wrote.
        """
        row = _finished_export(self, version_id, variant)
        if not (RUNNER_FOLDER / "index.html").is_file():
            raise RunnerNotBuilt("The browser runner is not built on this server. Run `make build` first.")
        check_export(row)
        record(actor=self.actor, action="model.downloaded", subject=row.version, form=f"{variant} folder")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(RUNNER_FOLDER.rglob("*")):
                if path.is_file() and path.suffix not in (".map", ".gz", ".br"):
                    archive.write(path, str(path.relative_to(RUNNER_FOLDER)))
            archive.writestr("model.json", orjson.dumps(manifest_of_export(row, "model.onnx").model_dump()))
            with default_storage.open(row.storage_key) as file:
                archive.writestr("model.onnx", file.read())
        out.seek(0)
        name = f"{row.version.name}-{row.version.version}-{variant}.zip"
        return FileResponse(out, as_attachment=True, filename=name, content_type="application/zip")
