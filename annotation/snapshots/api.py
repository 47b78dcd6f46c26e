"""Routes of snapshots."""

from datetime import datetime
from typing import ClassVar

from django.http import FileResponse
from pydantic import BaseModel
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.projects.models import Project
from annotation.projects.schemas import LabelOut
from annotation.snapshots import services
from annotation.snapshots.errors import NothingLabeled, SnapshotInProgress, SnapshotNotReady
from annotation.snapshots.filters import SNAPSHOTS
from annotation.snapshots.manifests import open_manifest
from annotation.snapshots.models import Snapshot, SnapshotState
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.audit.services import record
from plateau.http.errors import InvalidInput, NotFound, ProjectArchived
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.jobs.api import JobOut, job_out


class SnapshotOut(BaseModel):
    """A snapshot; `excluded_count` counts labels without pixels or resembling items of both splits.

    `erased_count` items were taken out for good since it was frozen: its hash is of more than it has now.
    """

    id: int
    project_id: int
    version: int
    state: str
    kind: str
    labels: list[LabelOut]
    content_hash: str
    item_count: int
    train_count: int
    test_count: int
    excluded_count: int
    erased_count: int
    created_at: datetime
    job: JobOut | None


def snapshot_out(row: Snapshot) -> SnapshotOut:
    """A snapshot on the wire."""
    return SnapshotOut(
        id=row.pk,
        project_id=row.project_id,
        version=row.version,
        state=row.current_state,
        kind=row.kind,
        labels=[LabelOut(**label) for label in row.labels],
        content_hash=row.content_hash,
        item_count=row.item_count,
        train_count=row.train_count,
        test_count=row.test_count,
        excluded_count=row.excluded_count,
        erased_count=row.erased_count,
        created_at=row.created_at,
        job=job_out(row.job) if row.job else None,
    )


class SnapshotList(Endpoint):
    """Snapshots of a project."""

    scopes: ClassVar = {"GET": Scope.SNAPSHOTS_READ, "POST": Scope.SNAPSHOTS_WRITE}

    @document(
        summary="Snapshots, newest first", out=Page[SnapshotOut], query=SNAPSHOTS, errors=[NotFound, InvalidInput]
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page."""
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        rows = Snapshot.objects.visible_to(self.actor).filter(project=project).select_related("job")
        return Response(SNAPSHOTS.page(request, rows, snapshot_out))

    @document(
        summary="Freeze the labels as they are",
        out=SnapshotOut,
        status=201,
        errors=[NotFound, NothingLabeled, SnapshotInProgress, ProjectArchived],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """A snapshot that a worker builds."""
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        return Response(snapshot_out(services.create_snapshot(actor=self.actor, project=project)), status=201)


class SnapshotDetail(Endpoint):
    """One snapshot."""

    scopes: ClassVar = {"GET": Scope.SNAPSHOTS_READ}

    @document(summary="A snapshot", out=SnapshotOut, errors=[NotFound])
    def get(self, request: Request, snapshot_id: int) -> Response:
        """The snapshot."""
        return Response(
            snapshot_out(Snapshot.objects.visible_to(self.actor).select_related("job").get_or_404(pk=snapshot_id))
        )


class SnapshotManifest(Endpoint):
    """The manifest."""

    scopes: ClassVar = {"GET": Scope.SNAPSHOTS_READ}

    @document(
        summary="The Parquet manifest",
        out=bytes,
        errors=[NotFound, SnapshotNotReady],
        media="application/vnd.apache.parquet",
    )
    def get(self, request: Request, snapshot_id: int) -> FileResponse:
        """The file.

        Raises:
            SnapshotNotReady: it is being built, or its build failed.
        """
        row = Snapshot.objects.visible_to(self.actor).get_or_404(pk=snapshot_id)
        record(actor=self.actor, action="snapshot.downloaded", subject=row)
        if row.state != SnapshotState.READY:
            raise SnapshotNotReady("The snapshot is not ready yet.")
        name = f"snapshot-{row.project_id}-v{row.version}.parquet"
        return FileResponse(open_manifest(row), filename=name, content_type="application/vnd.apache.parquet")
