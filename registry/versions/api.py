"""Routes of models."""

from datetime import datetime
from typing import Any, ClassVar

from plateau.kernel.endpoint import Endpoint
from plateau.kernel.errors import Conflict, Invalid, NotFound
from plateau.kernel.openapi import document
from plateau.kernel.paging import PAGE_QUERY, Page, number, page
from plateau.kernel.scopes import Scope
from pydantic import BaseModel
from rest_framework.request import Request
from rest_framework.response import Response

from registry.tracking.aliases import set_alias
from registry.versions import services
from registry.versions.models import ModelVersion


class MetricOut(BaseModel):
    """A metric on the sealed split with its 95 % interval (null where none is known)."""

    value: float
    low: float | None = None
    high: float | None = None


class ClassOut(BaseModel):
    """One class on the sealed split."""

    label: str
    items: int
    right: int
    low: float
    high: float


class VersionOut(BaseModel):
    """A model version and where it comes from."""

    id: int
    project_id: int
    project: str
    name: str
    version: int
    champion: bool
    snapshot_id: int
    snapshot_version: int
    snapshot_hash: str
    trained_on: int
    judged_on: int
    recipe: str
    params: dict[str, Any]
    seed: int
    code_version: str
    mlflow_run_id: str
    metrics: dict[str, MetricOut]
    per_class: list[ClassOut]
    created_at: datetime


def _out(row: ModelVersion) -> VersionOut:
    return VersionOut(
        id=row.pk,
        project_id=row.project_id,
        project=row.project.name,
        name=row.name,
        version=row.version,
        champion=row.champion,
        snapshot_id=row.snapshot_id,
        snapshot_version=row.snapshot.version,
        snapshot_hash=row.snapshot.content_hash,
        trained_on=row.snapshot.train,
        judged_on=row.snapshot.sealed,
        recipe=row.recipe,
        params=row.params,
        seed=row.seed,
        code_version=row.code_version,
        mlflow_run_id=row.mlflow_run_id,
        metrics=row.metrics,
        per_class=row.per_class,
        created_at=row.created_at,
    )


class VersionList(Endpoint):
    """Model versions of the organization."""

    scopes: ClassVar = {"GET": Scope.MODELS_READ}

    @document(
        summary="Model versions, newest first",
        out=Page[VersionOut],
        query=PAGE_QUERY | {"project": (int, "Of one project")},
        refusals=[Invalid],
    )
    def get(self, request: Request) -> Response:
        """One page."""
        rows = ModelVersion.objects.visible_to(self.actor).select_related("project", "snapshot")
        project = number(request, "project", None, low=0, high=2**63 - 1)
        if project is not None:
            rows = rows.filter(project_id=project)
        return Response(page(request, rows, _out))


class VersionChampion(Endpoint):
    """The version that `models:/NAME@champion` names."""

    scopes: ClassVar = {"POST": Scope.MODELS_WRITE}

    @document(summary="Make this version the champion", out=VersionOut, refusals=[NotFound, Conflict])
    def post(self, request: Request, version_id: int) -> Response:
        """Point the alias here."""
        rows = ModelVersion.objects.visible_to(self.actor).select_related("project", "snapshot")
        row = rows.one(pk=version_id)
        set_alias(project_id=row.project_id, name=row.name, alias="champion", version=row.version)
        return Response(_out(services.mark_champion(version=row, actor=self.actor)))
