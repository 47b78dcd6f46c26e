"""Endpoints of recipes and trainings."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.projects.models import Project
from annotation.projects.schemas import Id
from annotation.snapshots.models import Snapshot
from labelkit.project_types import PROJECT_TYPES
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import InvalidInput, NotFound, ProjectArchived
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import RequestModel, parse
from plateau.jobs.api import JobOut, job_out
from plateau.texts import translate
from workers.catalog import RECIPES
from workers.recipes.spec import Param, RecipeSpec
from workers.training import services
from workers.training.errors import UNTRAINABLE
from workers.training.filters import RECIPE_LIST, RUNS
from workers.training.models import TrainingRun


class ParamOut(BaseModel):
    """A parameter of a recipe: a number from `min` to `max`, or one of `options`."""

    key: str
    title: str
    default: float | str
    min: float | None = None
    max: float | None = None
    is_integer: bool = False
    log: bool = False
    options: list[str] = Field(default_factory=list)


class RecipeOut(BaseModel):
    """A recipe's spec."""

    key: str
    title: str
    description: str
    project_types: list[str]
    media_types: list[str]
    annotation_types: list[str]
    queue: str
    is_neural_network: bool
    baseline: str
    params: list[ParamOut]


class RunIn(RequestModel):
    """What to train."""

    snapshot_id: Id
    recipe: str = Field(max_length=40)
    params: dict[str, float | str] = Field(default_factory=dict, max_length=50)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


class RunOut(BaseModel):
    """A training; `job.result` holds metrics and the registered version once it is done."""

    id: int
    project_id: int
    snapshot_id: int
    snapshot_version: int
    recipe: str
    params: dict[str, Any]
    seed: int
    mlflow_run_id: str = Field(description="The MLflow run that it logs to; empty before it starts")
    created_at: datetime
    job: JobOut


def run_out(row: TrainingRun) -> RunOut:
    """A training on the wire."""
    return RunOut(
        id=row.pk,
        project_id=row.project_id,
        snapshot_id=row.snapshot_id,
        snapshot_version=row.snapshot.version,
        recipe=row.recipe,
        params=row.params,
        seed=row.seed,
        mlflow_run_id=row.mlflow_run_id,
        created_at=row.created_at,
        job=job_out(row.job),
    )


def _fitting_types(spec: RecipeSpec) -> dict[str, list[str]]:
    """Keys of the project types that a recipe takes, and of what they are made of."""
    fitting = [project_type for project_type in PROJECT_TYPES.values() if spec.takes(project_type)]
    return {
        "project_types": [project_type.key for project_type in fitting],
        "media_types": list(dict.fromkeys(project_type.media_type.key for project_type in fitting)),
        "annotation_types": list(dict.fromkeys(project_type.annotation_type.key for project_type in fitting)),
    }


def _param(param: Param) -> ParamOut:
    fields = {key: value for key, value in vars(param).items() if key in ParamOut.model_fields}
    return ParamOut.model_validate(fields | {"title": translate(param.title)})


class RecipeList(Endpoint):
    """What can be trained."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(summary="Recipes and their parameters", out=Page[RecipeOut], query=RECIPE_LIST)
    def get(self, request: Request) -> Response:
        """One page of the catalog."""
        rows = [
            RecipeOut(
                key=spec.key,
                title=translate(spec.title),
                description=translate(spec.description),
                **_fitting_types(spec),
                queue=spec.queue,
                is_neural_network=spec.is_neural_network,
                baseline=spec.baseline,
                params=[_param(param) for param in spec.params],
            )
            for spec in RECIPES.values()
        ]
        return Response(RECIPE_LIST.page(request, rows))


class RunList(Endpoint):
    """Trainings of a project."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_WRITE}

    @document(summary="Trainings, newest first", out=Page[RunOut], query=RUNS, errors=[NotFound, InvalidInput])
    def get(self, request: Request, project_id: int) -> Response:
        """One page."""
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        rows = TrainingRun.objects.visible_to(self.actor).filter(project=project).select_related("job", "snapshot")
        return Response(RUNS.page(request, rows, run_out))

    @document(
        summary="Train a model",
        body=RunIn,
        out=RunOut,
        status=201,
        errors=[NotFound, ProjectArchived, *UNTRAINABLE],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Submit a training."""
        body = parse(RunIn, request.data)
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        snapshot = Snapshot.objects.visible_to(self.actor).filter(project=project).get_or_404(pk=body.snapshot_id)
        run = services.submit_training(
            actor=self.actor, snapshot=snapshot, recipe=body.recipe, params=body.params, seed=body.seed
        )
        return Response(run_out(run), status=201)


class RunOne(Endpoint):
    """One training."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(summary="A training", out=RunOut, errors=[NotFound])
    def get(self, request: Request, run_id: int) -> Response:
        """The training."""
        rows = TrainingRun.objects.visible_to(self.actor).select_related("job", "snapshot")
        return Response(run_out(rows.get_or_404(pk=run_id)))
