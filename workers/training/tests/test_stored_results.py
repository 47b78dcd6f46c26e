"""What 0.2.0 stored in the results of jobs under its own names."""

import importlib
from typing import Any

import pytest
from django.apps import apps

from plateau.jobs.models import Job
from plateau.jobs.tests.factories import JobFactory

pytestmark = pytest.mark.django_db


def run_there_and_back(module: str, job: Job) -> tuple[tuple[str, Any], tuple[str, Any]]:
    """Kind and result of a stored job after the last operation of a migration, and after its reverse."""
    operation = importlib.import_module(module).Migration.operations[-1]
    states = []
    for step in (operation.code, operation.reverse_code):
        step(apps, None)
        job.refresh_from_db()
        states.append((job.kind, job.result))
    return states[0], states[1]


def test_times_of_trainings_are_renamed_and_named_back():
    stored = {"seconds": 3.0, "milliseconds_an_answer": 0.2, "model": "linear"}
    stored["baseline"] = {"recipe": "majority", "seconds": 0.1, "milliseconds_an_answer": 0.01}
    job = JobFactory(kind="train")
    Job.objects.filter(pk=job.pk).update(result=stored)
    waiting = JobFactory(kind="train")
    after, back = run_there_and_back("workers.training.migrations.0005_result_names", job)
    assert after[1] == {
        "train_seconds": 3.0, "prediction_ms": 0.2, "model": "linear",
        "baseline": {"recipe": "majority", "train_seconds": 0.1, "prediction_ms": 0.01},
    }  # fmt: skip
    assert back[1] == stored
    waiting.refresh_from_db()
    assert waiting.result == {}


def test_jobs_that_looked_for_doubts_find_label_issues_and_go_back():
    stored = {"items": 60, "near_duplicates": 1, "doubtful": 4}
    job = JobFactory(kind="label-issues")
    Job.objects.filter(pk=job.pk).update(kind="doubts", result=stored)
    after, back = run_there_and_back("annotation.quality.migrations.0004_label_issues", job)
    assert after == ("label-issues", {"items": 60, "near_duplicates": 1, "label_issues": 4})
    assert back == ("doubts", stored)
