"""The worker's side: a fresh process for every training, watched, cancelled, never left behind."""

import json
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
from plateau.jobs.services import LeaseLost
from plateau.telemetry import tracing
from workers.runtime import checkpoints

GRACE_SECONDS = 3.0
STOPPED_EXIT = 3


class TrainerFailed(Exception):
    """The trainer process ended badly; the message is the end of its log."""


def workdir_of(job_id: int) -> Path:
    """The job's folder: checkpoints lie here and outlive an attempt."""
    path: Path = settings.PLATEAU_HOME / "work" / f"job-{job_id}"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def run_trainer(running: Running[Any]) -> dict[str, Any]:
    """Have a job done in a process of its own, and with it a CUDA context and memory.

    Raises:
        Cancelled: asked to; the trainer got a signal, and SIGKILL three seconds later.
        TrainerFailed: it ended with an error.
    """
    workdir = workdir_of(running.claim.job_id)
    outcome = workdir / f"result-{running.claim.attempt}.json"
    log = workdir / f"attempt-{running.claim.attempt}.log"
    command = [sys.executable, "-m", "workers.runtime.trainer"]
    command += ["--job", str(running.claim.job_id), "--attempt", str(running.claim.attempt)]
    with log.open("wb") as out:
        env = os.environ | {"TRACEPARENT": tracing.current()}
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env)
    try:
        code = _watch(process, running)
    finally:
        _end(process)
    if running.lost.is_set():
        raise LeaseLost(f"job {running.claim.job_id}")
    if running.stop.is_set() or code == STOPPED_EXIT:
        shutil.rmtree(workdir, ignore_errors=True)
        raise Cancelled
    if code != 0:
        raise TrainerFailed(_reason(log, code))
    result: dict[str, Any] = json.loads(outcome.read_text())
    shutil.rmtree(workdir, ignore_errors=True)
    return result


def run_going_on(running: Running[Any]) -> dict[str, Any]:
    """`run_trainer`, going on from the newest checkpoint of any host.

    Raises:
        Cancelled, TrainerFailed: as there.
    """
    job_id = running.claim.job_id
    try:
        with checkpoints.copied(workdir_of(job_id), job_id):
            return run_trainer(running)
    finally:
        if not running.lost.is_set():
            checkpoints.forget(job_id)


def _watch(process: subprocess.Popen[bytes], running: Running[Any]) -> int | None:
    while process.poll() is None and not running.stop.is_set():
        time.sleep(0.1)
    return process.poll()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _reason(log: Path, code: int | None) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        return f"The trainer was ended by {name} (out of memory?). Its last words: {lines[-1] if lines else 'none'}"
    return (lines[-1] if lines else f"The trainer ended with {code}.") + "\n\n" + "\n".join(lines[-60:])
