"""What MLflow's tables say of runs: those of the caller's projects alone."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from django.db import connection, models
from django.db.models import CharField, Count, F, Max, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from annotation.projects.mlflow_workspace import workspace_of
from annotation.projects.models import Project
from plateau.access.scopes import Actor
from plateau.http.errors import NotFound
from registry.mlflow_store.models import (
    TrackedExperiment,
    TrackedLatestMetric,
    TrackedParam,
    TrackedRun,
    TrackedRunTag,
)
from registry.model_versions.models import ModelVersion, VersionState
from registry.tracked_runs.schemas import (
    CurveOut,
    CurvesOut,
    ExperimentOut,
    NoteOut,
    RunStatus,
    RunVersionOut,
    TrackedRunDetail,
    TrackedRunOut,
)

NOTE_TAG = "mlflow.note.content"
TRAINING_TAG = "plateau.run"
POINTS = 500  # of a curve
CURVES = 200  # of a run
_ACTIVE = "active"
_SYSTEM = "system/"
_CURVES = """
SELECT key, step, value, is_nan, timestamp FROM (
    SELECT key, step, value, is_nan, timestamp,
        row_number() OVER (PARTITION BY key ORDER BY step, timestamp) AS number,
        count(*) OVER (PARTITION BY key) AS total
    FROM mlflow.metrics WHERE run_uuid = %(run)s AND key = ANY(%(keys)s)
) points
WHERE number %% greatest(1, ceil(total / %(most)s::numeric))::int = 0 OR number IN (1, total)
ORDER BY key, step, timestamp
"""


def _workspaces(actor: Actor) -> models.QuerySet[Project, Any]:
    names = Concat(Value(workspace_of(0).removesuffix("0")), Cast("pk", CharField()))
    return Project.objects.visible_to(actor).annotate(mlflow_workspace=names).values("mlflow_workspace")


def visible_experiments(actor: Actor) -> models.QuerySet[TrackedExperiment]:
    """Experiments of the caller's projects, with how many runs they have and when the newest began."""
    runs = TrackedRun.objects.filter(experiment=OuterRef("pk"), lifecycle_stage=_ACTIVE).order_by().values("experiment")
    return TrackedExperiment.objects.filter(lifecycle_stage=_ACTIVE, workspace__in=_workspaces(actor)).annotate(
        run_count=Subquery(runs.annotate(count=Count("pk")).values("count")),
        last_run_at=Subquery(runs.annotate(newest=Max("start_time")).values("newest")),
    )


def visible_runs(actor: Actor) -> models.QuerySet[TrackedRun]:
    """Runs of the caller's projects that were not deleted."""
    rows = TrackedRun.objects.filter(lifecycle_stage=_ACTIVE, experiment__workspace__in=_workspaces(actor))
    return rows.select_related("experiment")


def get_run(actor: Actor, run_id: str) -> TrackedRun:
    """A run of the caller's projects.

    Raises:
        NotFound: there is none of this id.
    """
    row = visible_runs(actor).filter(pk=run_id).first()
    if row is None:
        raise NotFound("There is no such run in your organization.")
    return row


def project_id_of(run: TrackedRun) -> int:
    """The project whose workspace the run belongs to."""
    return _project_id(run.experiment.workspace)


def _project_id(workspace: str) -> int:
    return int(workspace.rpartition("-")[2])


def _project_names(workspaces: Iterable[str]) -> dict[int, str]:
    ids = {_project_id(workspace) for workspace in workspaces}
    return dict(Project.objects.filter(pk__in=ids).values_list("pk", "name"))


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def experiments_out(rows: Sequence[Any]) -> list[ExperimentOut]:
    """Experiments on the wire."""
    names = _project_names(row.workspace for row in rows)
    return [
        ExperimentOut(
            id=row.pk,
            name=row.name,
            project_id=_project_id(row.workspace),
            project=names[_project_id(row.workspace)],
            run_count=row.run_count or 0,
            last_run_at=_moment(row.last_run_at),
        )
        for row in rows
    ]


def runs_out(rows: Sequence[TrackedRun]) -> list[TrackedRunOut]:
    """Runs on the wire, by as many statements for many as for one."""
    ids = [row.pk for row in rows]
    names = _project_names(row.experiment.workspace for row in rows)
    metrics: dict[str, dict[str, float | None]] = defaultdict(dict)
    latest = TrackedLatestMetric.objects.filter(run_uuid__in=ids).exclude(key__startswith=_SYSTEM).order_by("key")
    for run, key, value, is_nan in latest.values_list("run_uuid", "key", "value", "is_nan"):
        metrics[run][key] = _number(value, is_nan)
    params: dict[str, dict[str, str]] = defaultdict(dict)
    rows_of_params = TrackedParam.objects.filter(run_uuid__in=ids).order_by("key")
    for run, key, text in rows_of_params.values_list("run_uuid", "key", "value"):
        params[run][key] = text
    trainings = dict(TrackedRunTag.objects.filter(run_uuid__in=ids, key=TRAINING_TAG).values_list("run_uuid", "value"))
    return [
        TrackedRunOut(
            id=row.pk,
            name=row.name or row.pk,
            status=cast(RunStatus, row.status or "RUNNING"),
            experiment_id=row.experiment_id,
            experiment=row.experiment.name,
            project_id=project_id_of(row),
            project=names[project_id_of(row)],
            user=row.user_id or "",
            started_at=_moment(row.start_time),
            ended_at=_moment(row.end_time),
            training_run_id=_id(trainings.get(row.pk)),
            metrics=metrics[row.pk],
            params=params[row.pk],
        )
        for row in rows
    ]


def _id(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _number(value: float, is_nan: bool) -> float | None:
    return None if is_nan or not math.isfinite(value) else value


def run_detail(row: TrackedRun) -> TrackedRunDetail:
    """A run with everything but its curves and files."""
    tags = dict(TrackedRunTag.objects.filter(run_uuid=row.pk).order_by("key").values_list("key", "value"))
    versions = ModelVersion.objects.filter(project_id=project_id_of(row), mlflow_run_id=row.pk)
    return TrackedRunDetail(
        **runs_out([row])[0].model_dump(),
        tags={key: value or "" for key, value in tags.items() if key != NOTE_TAG},
        note=NoteOut(text=tags.get(NOTE_TAG) or ""),
        versions=[
            RunVersionOut(id=version.pk, name=version.name, version=version.version)
            for version in versions.exclude(state=VersionState.DELETED).order_by("pk")
        ],
    )


def note_of(run: TrackedRun) -> NoteOut:
    """The run's note."""
    text = TrackedRunTag.objects.filter(run_uuid=run.pk, key=NOTE_TAG).values_list("value", flat=True).first()
    return NoteOut(text=text or "")


def curves_of(run: TrackedRun) -> CurvesOut:
    """The metrics of a run, by step."""
    keys = list(
        TrackedLatestMetric.objects.filter(run_uuid=run.pk).order_by(F("key")).values_list("key", flat=True)[:CURVES]
    )
    curves: dict[str, CurveOut] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CURVES, {"run": run.pk, "keys": keys, "most": POINTS})
        for key, step, value, is_nan, at in cursor.fetchall():
            curve = curves.setdefault(key, CurveOut(name=key, steps=[], values=[], times=[]))
            curve.steps.append(step)
            curve.values.append(_number(value, is_nan))
            curve.times.append(at)
    return CurvesOut(curves=list(curves.values()), point_limit=POINTS)
