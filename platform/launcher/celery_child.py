"""Celery processes that share their memory: one process imports the application, and each of them is a fork of it.

What is imported is read by all and written by few, so that four processes take little more than one. Used by
`make up` on one machine; where each process has a container of its own, plain `celery` commands do.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

from launcher.parent_death import die_with_parent

APPLICATION = "CELERY_APPLICATION"  # an environment variable that `launcher.celery_preload` reads
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["launcher.celery_preload"])


class ForkedService:
    """A Celery command in a fork, with the methods of `subprocess.Popen` that a supervisor needs."""

    def __init__(self, command: Sequence[str], log: Path, env: Mapping[str, str]) -> None:
        """Start it.

        Args:
            command: `celery -A APPLICATION worker …`; the first one decides which application all are forks of.
            log: what it prints is added to this file.
            env: its environment; that of the first one is in force while the application is imported.

        Raises:
            ValueError: the command has another form.
        """
        _, flag, application, *arguments = command
        if flag != "-A":
            raise ValueError(f"expected `celery -A APPLICATION …`, got `{' '.join(command)}`")
        self._command = list(command)
        os.environ.update(env, **{APPLICATION: application})
        self._process: BaseProcess = _forks.Process(target=_run, args=(arguments, str(log), dict(env)))
        self._process.start()

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        """The exit status, or None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit status.

        Raises:
            subprocess.TimeoutExpired: it still runs after `timeout` seconds.
        """
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._command, timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def _run(arguments: list[str], log: str, env: Mapping[str, str]) -> None:
    """The fork: a session, a log and the environment of its own, then Celery's command."""
    die_with_parent()
    os.setsid()
    os.environ.clear()
    os.environ.update(env)
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    from launcher.celery_preload import application

    sys.argv = ["celery", *arguments]
    application.start(arguments)
