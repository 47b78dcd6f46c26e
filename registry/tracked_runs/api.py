"""Routes of experiments and of runs that were logged to MLflow."""

from typing import ClassVar

from django.http import FileResponse
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import NotFound, ProjectArchived
from plateau.http.etags import IF_MATCH, require_unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.query import QueryModel, parse_query
from plateau.http.validation import parse
from registry.mlflow_store.errors import MlflowRejected
from registry.tracked_runs import artifacts, queries, services
from registry.tracked_runs.filters import EXPERIMENTS, TRACKED_RUNS
from registry.tracked_runs.schemas import (
    ArtifactsOut,
    CurvesOut,
    ExperimentOut,
    NoteIn,
    NoteOut,
    TrackedRunDetail,
    TrackedRunOut,
)


class ExperimentList(Endpoint):
    """Experiments of the organization."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(summary="MLflow experiments, newest first", out=Page[ExperimentOut], query=EXPERIMENTS)
    def get(self, request: Request) -> Response:
        """One page."""
        page = EXPERIMENTS.rows(request, queries.visible_experiments(self.actor))
        return Response(page.page(queries.experiments_out(page.rows)))


class TrackedRunList(Endpoint):
    """Runs that were logged to MLflow."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(summary="MLflow runs, newest first", out=Page[TrackedRunOut], query=TRACKED_RUNS)
    def get(self, request: Request) -> Response:
        """One page."""
        page = TRACKED_RUNS.rows(request, queries.visible_runs(self.actor))
        return Response(page.page(queries.runs_out(page.rows)))


class TrackedRunOne(Endpoint):
    """One run."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(summary="An MLflow run", out=TrackedRunDetail, errors=[NotFound])
    def get(self, request: Request, tracked_run_id: str) -> Response:
        """With its parameters, newest metrics, tags, note and model versions."""
        return Response(queries.run_detail(queries.get_run(self.actor, tracked_run_id)))


class TrackedRunCurves(Endpoint):
    """The metrics of a run, by step."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(summary="Metrics of an MLflow run, by step", out=CurvesOut, errors=[NotFound])
    def get(self, request: Request, tracked_run_id: str) -> Response:
        """All of them, each at most some hundred points long."""
        return Response(queries.curves_of(queries.get_run(self.actor, tracked_run_id)))


class TrackedRunNote(Endpoint):
    """The note of a run."""

    scopes: ClassVar = {"PUT": Scope.MODELS_WRITE}

    @document(
        summary="Change an MLflow run's note",
        body=NoteIn,
        out=NoteOut,
        headers=IF_MATCH,
        errors=[NotFound, ProjectArchived, MlflowRejected],
    )
    def put(self, request: Request, tracked_run_id: str) -> Response:
        """Write it."""
        body = parse(NoteIn, request.data)
        run = queries.get_run(self.actor, tracked_run_id)
        with services.locked_note(run):
            require_unchanged(request, lambda: queries.note_of(run))
            services.set_note(actor=self.actor, run=run, text=body.text)
        return Response(NoteOut(text=body.text))


class FolderQuery(QueryModel):
    """Which folder of a run."""

    path: str = Field(default="", max_length=2000, description="As a listing names it; empty for the root")


class ArtifactQuery(QueryModel):
    """Which file of a run."""

    path: str = Field(min_length=1, max_length=2000, description="As a listing names it")


class TrackedRunArtifacts(Endpoint):
    """Files of a run."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(summary="What an MLflow run logged, by folder", out=ArtifactsOut, query=FolderQuery, errors=[NotFound])
    def get(self, request: Request, tracked_run_id: str) -> Response:
        """One folder."""
        run = queries.get_run(self.actor, tracked_run_id)
        return Response(artifacts.list_artifacts(run, parse_query(FolderQuery, request).path))


class TrackedRunArtifact(Endpoint):
    """One file of a run."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(
        summary="A file that an MLflow run logged",
        out=bytes,
        query=ArtifactQuery,
        errors=[NotFound],
        media="application/octet-stream",
    )
    def get(self, request: Request, tracked_run_id: str) -> FileResponse:
        """Download it; pictures may be shown in place."""
        run = queries.get_run(self.actor, tracked_run_id)
        file, name, media = artifacts.open_artifact(run, parse_query(ArtifactQuery, request).path)
        is_picture = media.startswith("image/")
        return FileResponse(file, as_attachment=not is_picture, filename=name, content_type=media)
