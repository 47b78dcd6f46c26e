"""Every kind of job: what waits in the database of an earlier version is read, and what does it is there."""

import dataclasses
from typing import Any

import pytest

from plateau.jobs.kinds import JOB_KINDS, InvalidPayload, RegisteredJobKind
from plateau.jobs.models import Job
from tests.applications import of_applications

ENTRIES = {entry.kind.key: entry for entry in JOB_KINDS.values()}
# As they are stored. Rows wait in databases: what is renamed here needs a migration that renames what 0.2.0 stored.
STORED: dict[str, dict[str, Any]] = {
    "aggregation": {"task_id": 1, "user_id": 2},
    "consensus": {"project_id": 1, "method": "auto"},
    "demo": {},
    "demo-run": {"project_id": 1},
    "label-issues": {"project_id": 1},
    "erase": {"erasure_id": 1},
    "evaluate": {"snapshot_id": 1, "version_id": 2},
    "export": {"snapshot_id": 1, "version_id": 2},
    "import_labels": {
        "project_id": 1, "format": "csv", "key": "staging/labels/1/x", "pre_annotation_model": "",
        "hidden_fraction": 0.0,
        "actor": {"user_id": 1, "organization_id": 2},
    },
    "ingest": {"batch_id": 1},
    "evaluate_contract": {"snapshot_id": 1, "evaluation_id": 2},
    "predict": {"batch_prediction_id": 1},
    "active-learning-simulation": {"snapshot_id": 1, "seeds": [0, 1, 2, 3, 4]},
    "selection": {"project_id": 1, "strategy": "margin", "seed": 2**31 - 1},
    "snapshot": {"snapshot_id": 1},
    "learning-curve": {
        "learning_curve_id": 1, "snapshot_id": 2, "recipe": "image_probe", "training_plan": [[100, 0], [50, 1]],
        "params": {"c": 0.5},
    },
    "train": {
        "run_id": 1, "snapshot_id": 2, "recipe": "image_cnn", "seed": 3,
        "params": {"mixing": "bc", "epochs": 20, "rate": 0.1},
    },
    "trial": {"snapshot_id": 1, "recipe": "image_probe", "sweep_id": 2, "number": 3},
}  # fmt: skip
for application in of_applications():
    STORED |= application.STORED_PAYLOADS


def test_payloads_of_every_kind_are_written_down_here():
    assert set(ENTRIES) == set(STORED)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_a_job_that_waits_since_an_earlier_version_is_read_and_stored_again_as_it_was(entry: RegisteredJobKind):
    stored = STORED[entry.kind.key]
    payload = entry.kind.parse(stored)
    assert type(payload) is entry.kind.payload
    assert entry.kind.store(payload) == stored
    assert entry.kind.parse(stored | {"of_a_later_version": 1}) == payload
    assert entry.kind.queue_of(payload) in ("default", "cpu", "gpu")
    for name in stored.keys() - {"params"}:
        with pytest.raises(InvalidPayload, match=f"Job kind {entry.kind.key}: {name}"):
            entry.kind.parse({key: value for key, value in stored.items() if key != name})


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_what_does_a_kind_can_be_imported_and_its_payload_cannot_be_changed(entry: RegisteredJobKind):
    assert callable(entry.load_handler())
    assert callable(entry.load_runner())
    assert dataclasses.is_dataclass(entry.kind.payload)
    assert entry.kind.payload.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert len(entry.kind.key) <= Job._meta.get_field("kind").max_length


def test_handlers_are_named_and_not_loaded_with_django():
    """Some load torch or scikit-learn; which process needs them is known only when a job comes."""
    assert all(isinstance(entry.handler, str) for entry in ENTRIES.values())
    assert all(entry.runs_in is None or isinstance(entry.runs_in, str) for entry in ENTRIES.values())
