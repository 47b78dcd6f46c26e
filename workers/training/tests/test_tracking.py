"""A training goes on whatever MLflow does; what it refused at first is sent again."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from plateau.jobs.models import Job, JobState
from plateau.jobs.tests.factories import JobFactory
from registry.mlflow_store.models import TrackedRun
from registry.tracked_runs.tests.factories import TrackedRunFactory
from workers.recipes.base import RunStopped
from workers.training import tracking
from workers.training.system_figures import SystemFigures
from workers.training.tests.factories import TrainingRunFactory
from workers.training.tracking import TrainingTracker, end_abandoned_runs

pytestmark = pytest.mark.django_db


class Refusing:
    """An MLflow that refuses its first calls."""

    def __init__(self, refusals: int) -> None:
        self.refusals, self.sent, self.status = refusals, [], ""

    def log_batch(self, run_id, metrics):
        if self.refusals > 0:
            self.refusals -= 1
            raise ConnectionError("not now")
        self.sent += [(metric.key, metric.step) for metric in metrics]

    def set_terminated(self, run_id, status):
        self.status = status


@pytest.fixture
def training(people, monkeypatch):
    monkeypatch.setattr(tracking, "SEND_SECONDS", 0.01)
    job = JobFactory(organization=people.organizations["ours"], kind="train")

    def started(client: Refusing) -> TrainingTracker:
        def begin(self: TrainingTracker) -> None:
            self._client, self._run_id = client, "ab12"
            self._begun.set()

        monkeypatch.setattr(TrainingTracker, "_begin", begin)
        return TrainingTracker(job, SimpleNamespace(pk=1), None, "cpu")

    return started


def test_values_that_mlflow_refused_are_sent_again(training):
    client = Refusing(refusals=3)
    with training(client) as tracker:
        for step in range(1, 4):
            tracker.log(step, {"training_loss": 1 / step})
        assert tracker.run_id() == "ab12"
    assert [step for name, step in client.sent if name == "training_loss"] == [1, 2, 3]
    assert any(name.startswith("system/") for name, _ in client.sent)
    assert client.status == "FINISHED"


@pytest.mark.parametrize(("error", "status"), [(RunStopped, "KILLED"), (ValueError, "FAILED")])
def test_a_run_says_how_its_training_ended(training, error, status):
    client = Refusing(refusals=0)
    with pytest.raises(error), training(client):
        raise error
    assert client.status == status


def test_an_mlflow_that_never_answers_breaks_nothing(training):
    client = Refusing(refusals=10**9)
    with training(client) as tracker:
        tracker.log(1, {"training_loss": 1.0})
    assert client.sent == []


def test_figures_of_the_machine_have_mlflows_names():
    assert set(SystemFigures("cpu").sample()) == {
        "system/cpu_utilization_percentage",
        "system/system_memory_usage_megabytes",
        "system/system_memory_usage_percentage",
    }


def test_figures_of_gpus_are_read_from_the_driver(monkeypatch):
    answer = SimpleNamespace(stdout="0, 87, 1024, 81920\n1, [N/A], 0, 81920\n")
    monkeypatch.setattr("workers.training.system_figures.subprocess.run", lambda *_, **__: answer)
    figures = SystemFigures("cuda").sample()
    assert figures["system/gpu_0_utilization_percentage"] == 87
    assert figures["system/gpu_0_memory_usage_percentage"] == pytest.approx(1.25)
    assert not any("gpu_1" in name for name in figures)


def test_runs_that_a_killed_training_left_open_are_ended(make_project, mlflow_tables, monkeypatch):
    project = make_project(items=0)
    tracked = TrackedRunFactory(project=project, status="RUNNING")
    still_training = TrackedRunFactory(project=project, status="RUNNING")
    run = TrainingRunFactory(project=project, mlflow_run_id=tracked.pk)
    TrainingRunFactory(project=project, mlflow_run_id=still_training.pk)
    Job.objects.filter(pk=run.job_id).update(state=JobState.FAILED, ended_at=timezone.now())
    written = []

    class Store:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def update_run_info(self, run_id, status, ended_at, name):
            written.append((run_id, status))

    monkeypatch.setattr(tracking, "tracking_store", lambda _project: Store())
    from mlflow.entities import RunStatus

    assert end_abandoned_runs() == 1
    assert written == [(tracked.pk, RunStatus.FAILED)]
    assert TrackedRun.objects.filter(pk__in=[tracked.pk, still_training.pk]).count() == 2
