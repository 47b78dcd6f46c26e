"""What 0.2.0 stored of sweeps under its own names."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from plateau.jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)

SPACE = {"rate": {"low": 1e-4, "high": 0.1, "log": True, "whole": False}, "mixing": {"options": ["bc"]}}


@pytest.mark.slow
def test_a_search_of_before_is_a_sweep_with_its_trials_and_goes_back(people, make_project):
    actor, project = people.actor("scientist"), make_project(items=0)
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate([("sweeps", "0001_initial")])
        old = executor.loader.project_state([("sweeps", "0001_initial"), *leaves_without(leaves)]).apps
        stored(old, actor, project)
        executor = MigrationExecutor(connection)
        executor.migrate([("sweeps", "0002_sweeps")])
        sweep = apps.get_model("sweeps", "Sweep").objects.get()
        assert sweep.pruning_enabled
        assert sweep.space["learning_rate"] == {"min": 1e-4, "max": 0.1, "log": True, "is_integer": False}
        assert (sweep.fixed, sweep.importance) == ({"image_size": 32}, {"learning_rate": 1.0})
        assert sweep.trials.get().params == {"learning_rate": 0.01, "mixing": "bc"}
        assert Job.objects.get(kind="trial").payload["sweep_id"] == sweep.pk
        executor = MigrationExecutor(connection)
        executor.migrate([("sweeps", "0001_initial")])
        before = old.get_model("sweeps", "Search").objects.get()
        assert (before.prunes, before.space, before.fixed) == (True, SPACE, {"side": 32})
        assert before.trials.get().params == {"rate": 0.01, "mixing": "bc"}
        assert Job.objects.get(kind="trial").payload["search_id"] == before.pk
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(leaves)


def leaves_without(leaves):
    return [leaf for leaf in leaves if leaf[0] != "sweeps"]


def stored(old, actor, project) -> None:
    """A search, its trial and the trial's job as 0.2.0 wrote them."""
    snapshot = project.snapshots.create(version=1, kind="classification", labels=[], schema_version=1)
    search = old.get_model("sweeps", "Search").objects.create(
        project_id=project.pk, snapshot_id=snapshot.pk, recipe="image_cnn", method="tpe", seed=0, space=SPACE,
        fixed={"side": 32}, importance={"rate": 1.0},
    )  # fmt: skip
    payload = {"snapshot_id": snapshot.pk, "recipe": "image_cnn", "search_id": search.pk, "number": 0}
    job = Job.objects.create(
        organization_id=actor.organization_id, project_id=project.pk, kind="trial", queue="gpu", payload=payload
    )
    old.get_model("sweeps", "Trial").objects.create(
        search=search, number=0, params={"rate": 0.01, "mixing": "bc"}, job_id=job.pk
    )
