"""What 0.2.0 stored of forecasts and jobs is renamed by a migration, and back."""

from importlib import import_module

import pytest
from django.apps import apps

from plateau.jobs.kinds import JOB_KINDS
from plateau.jobs.tests.factories import JobFactory
from workers.learning_curves.tests.curves import create_measured_curve, create_ready_snapshot
from workers.learning_curves.tests.factories import StoredForecastFactory

migration = import_module("workers.learning_curves.migrations.0006_name_stored_forecasts")

LABELS_NEEDED = {"p10": 100.0, "p25": 200.0, "p50": 300.0, "p75": None, "p90": None}
FORECAST = {
    "target": 0.9, "labels_now": 640, "score_now": 0.8, "reached": False, "needed": LABELS_NEEDED,
    "enough": [{"times": 2.0, "labels": 1280, "chance": 0.4}], "probability_never": 0.2, "next_purchase": 64,
    "flags": ["gets_worse", "flat"], "gets_worse": 0.6,
    "band": [{"n": 640, "p2_5": 0.7, "p10": 0.75, "p50": 0.8, "p90": 0.85, "p97_5": 0.9}],
}  # fmt: skip
STUDY = {"study_id": 1, "snapshot_id": 2, "recipe": "image_probe", "plan": [[100, 0]], "params": {"c": 0.5}}
SAVED = {"value": 0.1, "low": 0.0, "high": 0.2}
COMPARISON = {
    "sizes": [20], "seeds": 5, "best": "margin",
    "arms": [{"strategy": "margin", "scores": [0.5], "saved": SAVED, "beats_chance": True, "difference": SAVED}],
}  # fmt: skip


@pytest.mark.django_db
def test_stored_forecasts_and_jobs_are_renamed_and_back(people, make_project):
    curve = create_measured_curve(create_ready_snapshot(make_project(items=4), 1, 2))
    curve.params = {"c": 0.5}
    curve.save()
    stored = StoredForecastFactory(learning_curve=curve, target=0.9, forecast=FORECAST)
    study = JobFactory(kind="study", payload=STUDY, result={"points": 1, "reused": 0, "forecast": FORECAST})
    replay = JobFactory(kind="replay", payload={"snapshot_id": 2, "seeds": [0]}, result=COMPARISON)
    names = (migration.JOB_KINDS, migration.KEYS, migration.JOB_KEYS, migration.WARNINGS)
    migration.rename_stored(*names, migration.renamed)(apps, None)
    for row in (curve, stored, study, replay):
        row.refresh_from_db()
    assert curve.params == {"C": 0.5}
    forecast = stored.forecast
    assert (forecast["current_labels"], forecast["labels_needed"]) == (640, LABELS_NEEDED)
    assert (forecast["warnings"], forecast["non_monotone_probability"]) == (["non_monotone", "flat"], 0.6)
    assert forecast["sufficiency"] == [{"multiple": 2.0, "labels": 1280, "probability": 0.4}]
    assert forecast["band"] == FORECAST["band"]
    payload = JOB_KINDS[study.kind].kind.parse(study.payload)
    assert (payload.learning_curve_id, payload.training_plan, payload.params) == (1, [[100, 0]], {"C": 0.5})
    assert study.result["forecast"] == forecast
    assert JOB_KINDS[replay.kind].kind.parse(replay.payload).seeds == [0]
    assert replay.result["best_strategy"] == "margin"
    assert replay.result["strategies"][0]["label_savings"] == SAVED
    migration.rename_stored(*map(migration._inverse, names), migration.named_as_before)(apps, None)
    for row in (curve, stored, study, replay):
        row.refresh_from_db()
    assert curve.params == {"c": 0.5}
    assert stored.forecast == FORECAST
    assert (study.kind, study.payload, study.result["forecast"]) == ("study", STUDY, FORECAST)
    assert (replay.kind, replay.result) == ("replay", COMPARISON)
