"""Servers and workers of tests as forks of one process of each runner, which imported Plateau once.

A start of its own takes more than two seconds of a core for imports alone, five where Torch is among them, and a run
of the tests has two hundred of them. What runs in a fork is the same command with the same environment.
`python -m tests.forks SOCKET` is that process: it reads a request per line (`{"module", "arguments", "log"}`), and
answers with the number of the fork. Workers, which are forks themselves, ask it at the socket for their trainers.
"""

import atexit
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import IO

from launcher.parent_death import die_with_parent

ROOT = Path(__file__).resolve().parents[1]
# Of what servers and workers import when they begin or when they are first asked. Two are not among them: `config.wsgi`
# starts threads, and MLflow's server reads its settings when it is imported.
PRELOADED = (
    "launcher.celery_preload",
    "config.urls",
    "django.core.wsgi",
    "plateau.http.load_shedding",
    "registry.mlflow_proxy.proxy",
    "granian.cli",
    "granian.server",
    "flask",
    "mlflow.store.model_registry.sqlalchemy_store",
    "mlflow.store.tracking.sqlalchemy_store",
)
TRAINER = "workers.runtime.trainer"
PRELOADED_FOR_TRAINERS = (
    "mlflow.onnx",
    "onnx",
    "sklearn.linear_model",
    "torch",
    "workers.runtime.job_run",
    "workers.runtime.trainer_process",
    "workers.training.registration",
)


class Fork:
    """A process that is no child of ours, with the methods of `subprocess.Popen` that tests need."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)

    def __del__(self) -> None:
        os.close(self._descriptor)

    def poll(self) -> int | None:
        """None while it runs; its status is not known here."""
        return 0 if select.select([self._descriptor], [], [], 0)[0] else None

    def wait(self, timeout: float | None = None) -> int:
        if not select.select([self._descriptor], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return 0

    def terminate(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


class Forks:
    """The process that has everything imported, started at the first request."""

    def __init__(self, env: Mapping[str, str], log: Path) -> None:
        """The environment is that of every fork."""
        self.env = dict(env)
        self._log = log
        self._socket = log.with_suffix(".socket")
        self._process: subprocess.Popen[str] | None = None

    def start(self, module: str, arguments: list[str], log: Path) -> Fork:
        """`python -m MODULE ARGUMENTS…`; what it prints is added to `log`."""
        if self._process is None:
            with self._log.open("ab") as errors:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "tests.forks", str(self._socket)],
                    cwd=ROOT,
                    env=self.env,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                )
        log.touch()  # who looks for a word in it may be faster than the fork
        requests, answers = self._process.stdin, self._process.stdout
        assert requests
        assert answers
        requests.write(json.dumps({"module": module, "arguments": arguments, "log": str(log)}) + "\n")
        requests.flush()
        answer = answers.readline()
        assert answer, self._log.read_text()[-3000:]
        return Fork(int(answer))

    def stop(self) -> None:
        if self._process:
            self._process.communicate()
            self._process = None


class Trainer:
    """A trainer that is a fork, with what `trainer_process` needs of `subprocess.Popen`."""

    def __init__(self, command: list[str], log: str, env: Mapping[str, str], address: str) -> None:
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(address)
        self._answers = self._connection.makefile("r")
        request = {"arguments": command[command.index(TRAINER) + 1 :], "log": log, "env": dict(env)}
        self._connection.sendall(json.dumps(request).encode() + b"\n")
        self.pid = int(self._answers.readline())
        self._code: int | None = None

    def poll(self) -> int | None:
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        if self._code is None:
            if not select.select([self._connection], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(TRAINER, timeout or 0)
            self._code = int(self._answers.readline())
            self._connection.close()
        return self._code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def fork_trainers(address: str) -> None:
    """Of this worker, trainers are forks from now on."""

    class Subprocess:
        DEVNULL, TimeoutExpired = subprocess.DEVNULL, subprocess.TimeoutExpired

        @staticmethod
        def Popen(
            command: list[str], *, stdin: int, stdout: IO[bytes], stderr: IO[bytes], env: Mapping[str, str]
        ) -> Trainer:
            return Trainer(command, stdout.name, env, address)

    import_module("workers.runtime.trainer_process").subprocess = Subprocess


def write_output_to(log: str) -> None:
    """Of this process and all that it starts."""
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)


def run_trainer(arguments: list[str], log: str, env: dict[str, str]) -> int:
    """What Python does with `-m workers.runtime.trainer`; returns its exit status."""
    write_output_to(log)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = [TRAINER, *arguments]
    code = 0
    try:
        runpy.run_module(TRAINER, run_name="__main__", alter_sys=True)
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def keep_trainer(connection: socket.socket) -> None:
    """Fork a trainer for a worker, say how it ended, and end it when the worker is gone."""
    die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    request = json.loads(connection.makefile().readline())
    pid = os.fork()
    if pid == 0:
        connection.close()
        code = 1
        try:
            code = run_trainer(**request)
        finally:
            os._exit(code)
    connection.sendall(f"{pid}\n".encode())
    ended = os.pidfd_open(pid)
    if ended not in select.select([ended, connection], [], [])[0]:
        os.kill(pid, signal.SIGTERM)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    connection.sendall(f"{code}\n".encode())


def run(module: str, arguments: list[str], log: str, answers: IO[str], address: str) -> None:
    """The fork: a session and a log of its own, then the command."""
    os.setsid()
    die_with_parent()  # a killed test run leaves nothing behind
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    answers.close()
    write_output_to(log)
    fork_trainers(address)
    sys.argv = [module, *arguments]
    if module == "granian":  # its web processes are forks too, as on Linux by Python's default until 3.14
        import_module("multiprocessing").set_start_method("fork")
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def main() -> None:
    """Import, then fork for every line."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.environ["CELERY_APPLICATION"] = "config"
    for module in (*PRELOADED, *PRELOADED_FOR_TRAINERS):
        import_module(module)
    from django.db import connections
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018  # imports the API
    threads = [(thread / "comm").read_text().strip() for thread in Path("/proc/self/task").iterdir()]
    # Arrow's allocator has one, and starts it again after a fork.
    assert len([name for name in threads if name != "jemalloc_bg_thd"]) == 1, threads
    assert all(connection.connection is None for connection in connections.all())
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them
    address = sys.argv[1]
    workers = socket.socket(socket.AF_UNIX)
    workers.bind(address)
    workers.listen()
    while True:
        if workers in select.select([sys.stdin, workers], [], [])[0]:
            connection = workers.accept()[0]
            if os.fork() == 0:
                workers.close()
                keep_trainer(connection)
                os._exit(0)
            connection.close()
            continue
        line = sys.stdin.readline()  # a request waits for its answer, so that never two are there
        if not line:
            return
        pid = os.fork()
        if pid == 0:
            workers.close()
            run(**json.loads(line), answers=answers, address=address)
            os._exit(0)
        answers.write(f"{pid}\n")
        answers.flush()


if __name__ == "__main__":
    main()
