"""A training's MLflow run: values of each epoch and figures of the machine reach it while the training goes on.

A thread of its own sends them, a batch every few seconds, so that no training waits for MLflow; what MLflow refuses is
logged, kept for a while, and sent again with what comes after.
"""

import logging
import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.db import connection

from annotation.projects.mlflow_workspace import workspace_of
from annotation.snapshots.models import Snapshot
from plateau.jobs.models import ENDED, Job, JobLog, JobState
from plateau.releases.version import product_version
from registry.mlflow_store.models import TrackedLatestMetric, TrackedRun
from registry.mlflow_store.store import tracking_store
from workers.recipes.base import RunStopped
from workers.training.job_tokens import LIFE, JobToken, job_token
from workers.training.models import TrainingRun
from workers.training.system_figures import SystemFigures

EXPERIMENT = "training"
SEND_SECONDS = 3.0
LAST_TRIES = 5  # at the end of a training
BATCH = 1000  # metrics of one call, as many as MLflow takes
MOST_WAITING = 20_000  # values that wait for an MLflow that does not answer
WAIT_FOR_RUN_SECONDS = 30.0
MOST_ENDED = 1000  # of the newest trainings, looked at for an MLflow run that was left open
_STATUS_OF_STATE = {JobState.DONE: "FINISHED", JobState.FAILED: "FAILED", JobState.CANCELLED: "KILLED"}
logger = logging.getLogger(__name__)


class TrainingTracker:
    """The MLflow run of a training. Inside its block, `log` takes values; at the end of the block the run ends too."""

    def __init__(self, job: Job, training_run: TrainingRun, snapshot: Snapshot, device: str) -> None:
        self._job, self._training_run, self._snapshot = job, training_run, snapshot
        self._waiting: deque[tuple[str, float, int, int]] = deque(maxlen=MOST_WAITING)
        self._figures = SystemFigures(device)
        self._samples = 0
        self._sampled_at = 0.0
        self._status = "FINISHED"
        self._ended, self._begun = threading.Event(), threading.Event()
        self._client: Any = None
        self._run_id = ""
        self._token_block = job_token(job)
        self._thread = threading.Thread(target=self._work, name="tracking", daemon=True)

    def __enter__(self) -> Self:
        self._token: JobToken = self._token_block.__enter__()
        self._renewed_at = time.monotonic()
        os.environ["MLFLOW_TRACKING_TOKEN"] = self._token.secret
        os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
        os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"  # the job's log is shown on the run's page
        import mlflow  # noqa: F401  # here: two threads that import may meet half of a module

        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            self._status = "KILLED" if issubclass(kind, RunStopped) else "FAILED"
        self._ended.set()
        self._thread.join(timeout=WAIT_FOR_RUN_SECONDS)
        self._token_block.__exit__(kind, error, traceback)

    def log(self, step: int, values: dict[str, float]) -> None:
        """Take values of a step; they are sent with the next batch."""
        now = int(time.time() * 1000)
        self._waiting.extend((name, float(value), now, step) for name, value in values.items())

    def run_id(self) -> str:
        """The MLflow run; empty where MLflow made none, even after half a minute."""
        self._begun.wait(WAIT_FOR_RUN_SECONDS)
        return self._run_id

    def _work(self) -> None:
        try:
            while not self._ended.wait(SEND_SECONDS if self._run_id else 0.1):
                self._try(self._advance)
            for _ in range(LAST_TRIES):
                if self._try(self._advance):
                    break
                time.sleep(SEND_SECONDS)
            self._try(self._end)
        finally:
            connection.close()

    def _try(self, step: Callable[[], None]) -> bool:
        """Whether MLflow took it."""
        try:
            step()
        except Exception:
            logger.warning("MLflow did not take what training %s logged", self._training_run.pk, exc_info=True)
            return False
        return True

    def _advance(self) -> None:
        if not self._run_id:
            self._begin()
        if time.monotonic() - self._sampled_at >= settings.SYSTEM_FIGURES_SECONDS or self._ended.is_set():
            self._sampled_at = time.monotonic()
            self.log(self._samples, self._figures.sample())
            self._samples += 1
        self._renew_token()
        self._send()

    def _begin(self) -> None:
        """Make the run, or go on with the one that an earlier attempt made."""
        from mlflow import MlflowClient
        from mlflow.entities import Param

        run = self._training_run
        client = MlflowClient(tracking_uri(run.project_id))
        if run.mlflow_run_id:
            client.update_run(run.mlflow_run_id, "RUNNING")
            run_id = run.mlflow_run_id
            self._log_unsent(run_id)
        else:
            experiment = client.get_experiment_by_name(EXPERIMENT)
            experiment_id = experiment.experiment_id if experiment else _create_experiment(client)
            created = client.create_run(
                experiment_id, run_name=f"{run.recipe}-{run.pk}", tags=tags_of(run, self._snapshot)
            )
            run_id = created.info.run_id
            TrainingRun.objects.filter(pk=run.pk).update(mlflow_run_id=run_id)
            run.mlflow_run_id = run_id
            client.log_batch(
                run_id, params=[Param(name, str(value)) for name, value in logged_params(run, self._snapshot).items()]
            )
        self._client, self._run_id = client, run_id
        self._begun.set()

    def _log_unsent(self, run_id: str) -> None:
        """Log what earlier attempts, ended before they could send it, left in the job's rows."""
        sent = dict(TrackedLatestMetric.objects.filter(run_uuid=run_id).values_list("key", "step"))
        for row in JobLog.objects.filter(job=self._job, attempt__lt=self._job.attempt).order_by("pk"):
            at = int(row.at.timestamp() * 1000)
            unsent = {name: value for name, value in row.values.items() if row.step > sent.get(name, -1)}
            self._waiting.extend((name, float(value), at, row.step) for name, value in unsent.items())

    def _renew_token(self) -> None:
        if time.monotonic() - self._renewed_at > LIFE.total_seconds() / 4:
            self._token.renew()
            self._renewed_at = time.monotonic()

    def _send(self) -> None:
        from mlflow.entities import Metric

        while self._waiting:
            batch = [self._waiting[index] for index in range(min(BATCH, len(self._waiting)))]
            self._client.log_batch(self._run_id, metrics=[Metric(*entry) for entry in batch])
            for _ in batch:
                self._waiting.popleft()

    def _end(self) -> None:
        if self._run_id:
            self._client.set_terminated(self._run_id, self._status)


def tracking_uri(project_id: int) -> str:
    """Where the stock client logs runs of the project."""
    return f"{settings.PLATEAU_URL}/mlflow/{workspace_of(project_id)}"


def code_version() -> str:
    """What whoever built the image set as `PLATEAU_VERSION`, else the checkout's commit, else the product's version."""
    if version := os.environ.get("PLATEAU_VERSION"):
        return version
    root = Path(__file__).resolve().parents[2]
    try:
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return product_version()
    return head.stdout.strip() or product_version()


def logged_params(training_run: TrainingRun, snapshot: Snapshot) -> dict[str, object]:
    """What a training's run names as its parameters."""
    return {**training_run.params, "seed": training_run.seed, "labels": snapshot.train_count}


def tags_of(training_run: TrainingRun, snapshot: Snapshot) -> dict[str, str]:
    """From what the training learned, as tags of its run and of its model."""
    return {
        "plateau.run": str(training_run.pk),
        "plateau.snapshot": str(snapshot.pk),
        "plateau.snapshot_hash": snapshot.content_hash,
        "plateau.recipe": training_run.recipe,
        "plateau.seed": str(training_run.seed),
        "plateau.code_version": code_version(),
    }


def end_abandoned_runs() -> int:
    """End the MLflow runs of trainings that ended without saying so, such as one that was killed; returns how many."""
    ended = TrainingRun.objects.filter(job__state__in=ENDED).exclude(mlflow_run_id="").select_related("job")
    still_open = TrackedRun.objects.filter(
        status="RUNNING", pk__in=ended.order_by("-pk").values_list("mlflow_run_id", flat=True)[:MOST_ENDED]
    )
    abandoned = list(ended.filter(mlflow_run_id__in=list(still_open.values_list("pk", flat=True))))
    for run in abandoned:
        with tracking_store(run.project_id) as store:
            from mlflow.entities import RunStatus

            ended_at = int(run.job.ended_at.timestamp() * 1000) if run.job.ended_at else None
            status = RunStatus.from_string(_STATUS_OF_STATE[JobState(run.job.state)])
            store.update_run_info(run.mlflow_run_id, status, ended_at, None)
    return len(abandoned)


def _create_experiment(client: Any) -> str:
    from mlflow.exceptions import MlflowException

    try:
        return str(client.create_experiment(EXPERIMENT))
    except MlflowException:  # another training made it meanwhile
        return str(client.get_experiment_by_name(EXPERIMENT).experiment_id)
