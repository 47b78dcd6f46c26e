"""What 0.2.0 stored under its own names of parameters."""

import importlib

import pytest
from django.apps import apps

from annotation.snapshots.tests.factories import SnapshotFactory
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from plateau.jobs.tests.factories import JobFactory
from registry.model_versions.tests.factories import ModelVersionFactory
from workers.catalog import RECIPES, complete_params
from workers.recipes.names_0_2 import NEW_NAMES, renamed, renamed_space, space_named_as_before
from workers.training.job_kinds import TRAIN, TrainPayload
from workers.training.tests.factories import TrainingRunFactory

STORED = {
    "epochs": 3, "side": 224, "batch": 32, "rate": 0.001, "fall": 2.6, "least": 100, "mixing": "mixup", "alpha": 0.4,
}  # fmt: skip
RENAMED = {
    "epochs": 3, "image_size": 224, "batch_size": 32, "learning_rate": 0.001, "layerwise_lr_decay": 2.6,
    "min_examples_per_epoch": 100, "mixing": "mixup", "mixup_alpha": 0.4,
}  # fmt: skip


@pytest.mark.parametrize("recipe", sorted(NEW_NAMES))
def test_every_name_of_before_leads_to_a_parameter_of_today(recipe):
    parameters = {param.key for param in RECIPES[recipe].params}
    assert set(NEW_NAMES[recipe].values()) <= parameters
    assert not set(NEW_NAMES[recipe]) & parameters
    assert complete_params(RECIPES[recipe], renamed(recipe, {})) == complete_params(RECIPES[recipe], {})


def test_ranges_of_sweeps_go_there_and_back():
    stored = {"rate": {"low": 0.1, "high": 1.0, "log": True, "whole": False}, "mixing": {"options": ["bc"]}}
    space = renamed_space("image_cnn", stored)
    assert space["learning_rate"] == {"min": 0.1, "max": 1.0, "log": True, "is_integer": False}
    assert space_named_as_before("image_cnn", space) == stored


@pytest.mark.django_db
def test_runs_and_their_jobs_are_renamed_and_named_back(people, make_project):
    actor, project = people.actor("scientist"), make_project(items=0)
    snapshot = SnapshotFactory(project=project)
    order = TrainPayload(run_id=0, snapshot_id=snapshot.pk, recipe="image_finetune", seed=0, params=STORED)
    job = jobs.submit(TRAIN, order, actor=actor, project_id=project.pk)
    run = TrainingRunFactory(project=project, snapshot=snapshot, recipe="image_finetune", params=STORED, job=job)
    (rename,) = importlib.import_module("workers.training.migrations.0002_parameter_names").Migration.operations
    for direction, expected in ((rename.code, RENAMED), (rename.code, RENAMED), (rename.reverse_code, STORED)):
        direction(apps, None)
        run.refresh_from_db()
        assert run.params == expected
        assert Job.objects.get(pk=job.pk).payload["params"] == expected


@pytest.mark.django_db
def test_versions_curves_and_their_jobs_are_renamed_and_named_back(make_project):
    project = make_project(items=0)
    snapshot = SnapshotFactory(project=project)
    version = ModelVersionFactory(
        project=project, snapshot=snapshot, recipe="image_finetune", params=STORED | {"run_id": 7}
    )
    curves = importlib.import_module("workers.training.migrations.0004_curve_parameter_names")
    payload = {"recipe": "image_finetune", "params": STORED}
    job = JobFactory(organization=project.organization, kind="curve", payload=payload)
    model = next(curves._models(apps))
    curve = model.objects.create(
        project=project, snapshot=snapshot, recipe="image_finetune", params=STORED, sizes=[], seeds=[], job=job
    )
    versions = importlib.import_module("workers.training.migrations.0003_version_parameter_names")
    operations = [*versions.Migration.operations, *curves.Migration.operations]
    for direction, expected in (("code", RENAMED), ("code", RENAMED), ("reverse_code", STORED)):
        for operation in operations:
            getattr(operation, direction)(apps, None)
        version.refresh_from_db()
        curve.refresh_from_db()
        job.refresh_from_db()
        assert version.params == expected | {"run_id": 7}
        assert curve.params == job.payload["params"] == expected
