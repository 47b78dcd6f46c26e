"""Rows of MLflow's tables as its own server writes them: an experiment of its own and a run with a metric."""

import uuid
from typing import Any

import factory
from django.db import connection
from factory.django import DjangoModelFactory

from annotation.projects.mlflow_workspace import workspace_of
from annotation.projects.tests.factories import ProjectFactory
from registry.mlflow_store.models import TrackedRun

_INSERT = """
WITH experiment AS (
    INSERT INTO mlflow.experiments (name, workspace, lifecycle_stage, creation_time)
    VALUES (%(experiment)s, %(workspace)s, 'active', 1) RETURNING experiment_id
), run AS (
    INSERT INTO mlflow.runs (run_uuid, name, user_id, status, start_time, lifecycle_stage, artifact_uri, experiment_id)
    SELECT %(run)s, %(name)s, %(user)s, %(status)s, %(started)s, 'active',
        'mlflow-artifacts:/workspaces/' || %(workspace)s || '/1/' || %(run)s || '/artifacts', experiment_id
    FROM experiment
), latest AS (
    INSERT INTO mlflow.latest_metrics (run_uuid, key, value, step, timestamp, is_nan)
    SELECT %(run)s, name, 0.5, 2, 2, false FROM unnest(%(metrics)s) name
)
SELECT 1
"""


class TrackedRunFactory(DjangoModelFactory):
    class Meta:
        model = TrackedRun

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence(lambda number: f"run {number}")
    user_id = "scientist@ours.example"
    status = "FINISHED"
    start_time = factory.Sequence(lambda number: 1_700_000_000_000 + number)

    @classmethod
    def _create(cls, model_class: type[TrackedRun], *args: Any, **values: Any) -> TrackedRun:
        run_id = uuid.uuid4().hex
        with connection.cursor() as cursor:
            cursor.execute(
                _INSERT,
                {
                    "run": run_id,
                    "experiment": f"experiment of {values['name']}",
                    "workspace": workspace_of(values["project"].pk),
                    "name": values["name"],
                    "user": values["user_id"],
                    "status": values["status"],
                    "started": values["start_time"],
                    "metrics": ["accuracy"],
                },
            )
            cursor.executemany(
                "INSERT INTO mlflow.metrics (run_uuid, key, value, step, timestamp, is_nan) "
                "VALUES (%s, 'accuracy', %s, %s, %s, %s)",
                [(run_id, 0.25, 1, 1, False), (run_id, 0.0, 2, 2, True), (run_id, 0.5, 3, 3, False)],
            )
        return model_class.objects.get(pk=run_id)
