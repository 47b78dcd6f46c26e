"""Starts the trainer process of a job, watches it, and ends it when the job is cancelled or lost."""

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings

from plateau.jobs.handlers import Cancelled, Running
from plateau.jobs.output import append_output
from plateau.jobs.services import LeaseLost
from plateau.telemetry import tracing
from workers.runtime import checkpoints

GRACE_SECONDS = 3.0
STOPPED_EXIT = 3
OUTPUT_SECONDS = 1.0
OUTPUT_BYTES = 1_000_000  # of what is new, the end
logger = logging.getLogger(__name__)


class TrainerFailed(Exception):
    """The trainer process exited with an error; the message is the end of its log."""


def job_workdir(job_id: int) -> Path:
    """The job's folder; what lies in it, such as a checkpoint, outlives an attempt."""
    path: Path = settings.PLATEAU_HOME / "work" / f"job-{job_id}"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def run_trainer(running: Running) -> dict[str, object]:
    """Run a job in a process of its own, with its own CUDA context and memory.

    Raises:
        Cancelled: the job was cancelled; the trainer got SIGTERM, and SIGKILL three seconds later.
        LeaseLost: the job belongs to another worker by now.
        TrainerFailed: it exited with an error.
    """
    workdir = job_workdir(running.claim.job_id)
    result_path = workdir / f"result-{running.claim.attempt}.json"
    log = workdir / f"attempt-{running.claim.attempt}.log"
    command = [sys.executable, "-m", "workers.runtime.trainer"]
    command += ["--job", str(running.claim.job_id), "--attempt", str(running.claim.attempt)]
    with log.open("wb") as out:
        env = os.environ | {"TRACEPARENT": tracing.current()}
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env)
    output = _Output(log, running)
    try:
        code = _wait(process, running, output)
    finally:
        _terminate(process)
        output.copy()
    if running.lost.is_set():
        raise LeaseLost(f"job {running.claim.job_id}")
    if running.stop.is_set() or code == STOPPED_EXIT:
        shutil.rmtree(workdir, ignore_errors=True)
        raise Cancelled
    if code != 0:
        raise TrainerFailed(_failure_reason(log, code))
    result: dict[str, Any] = json.loads(result_path.read_text())
    shutil.rmtree(workdir, ignore_errors=True)
    return result


def run_resumable_trainer(running: Running) -> dict[str, object]:
    """`run_trainer`, resumed from the newest checkpoint that any host wrote.

    Raises:
        Cancelled, TrainerFailed: as there.
    """
    job_id = running.claim.job_id
    try:
        with checkpoints.synced_checkpoint(job_workdir(job_id), job_id):
            return run_trainer(running)
    finally:
        if not running.lost.is_set():
            checkpoints.delete_checkpoint(job_id)


class _Output:
    """Copies what the trainer writes to the job's output."""

    def __init__(self, log: Path, running: Running) -> None:
        self._log, self._running = log, running
        self._position = 0
        self._copied_at = time.monotonic()

    def copy_now_and_then(self) -> None:
        """Copy what is new, once a second at most."""
        if time.monotonic() - self._copied_at >= OUTPUT_SECONDS:
            self.copy()

    def copy(self) -> None:
        """Copy what is new; a database that is unavailable for a moment is no reason to stop."""
        self._copied_at = time.monotonic()
        try:
            size = self._log.stat().st_size
            with self._log.open("rb") as file:
                file.seek(max(self._position, size - OUTPUT_BYTES))
                data = file.read(size - file.tell())
            if data:
                append_output(self._running.claim, data.decode(errors="replace"))
            self._position = size
        except Exception:
            logger.warning("the output of job %s could not be kept", self._running.claim.job_id, exc_info=True)


def _wait(process: subprocess.Popen[bytes], running: Running, output: _Output) -> int | None:
    while process.poll() is None and not running.stop.is_set():
        time.sleep(0.1)
        output.copy_now_and_then()
    return process.poll()


def _terminate(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _failure_reason(log: Path, code: int | None) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        return (
            f"The trainer was ended by {name} (out of memory?). Last line of its log: {lines[-1] if lines else 'none'}"
        )
    return (lines[-1] if lines else f"The trainer ended with {code}.") + "\n\n" + "\n".join(lines[-60:])
