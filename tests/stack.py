"""Real processes on the test database: the web server, workers, the scheduler."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

from django.conf import settings

from tests.forks import Fork, Forks

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stack:
    """Starts processes as the Procfile does; each has its log in `home`.

    With the environment of `forks`, they are forks; once a test changes something of it, they start from nothing.
    """

    def __init__(self, home: Path, ports: tuple[int, int] | None = None) -> None:
        self.home = home
        self.port, self.serving_port = ports or (free_port(), free_port())
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen | Fork] = {}
        self.forks: Forks | None = None
        database = settings.DATABASES["default"]
        # What MLflow's server was told in this very process is not for the processes of the test.
        clean = {k: v for k, v in os.environ.items() if not k.lstrip("_").startswith(("MLFLOW_", "PYTEST_"))}
        self.env = clean | {
            "DATABASE_URL": f"postgresql://plateau@{quote(database['HOST'], safe='')}/{database['NAME']}",
            "REDIS_URL": settings.REDIS_URL,
            "PLATEAU_HOME": str(home),
            "STORAGE_URL": f"file://{home / 'files'}",
            "PLATEAU_URL": self.url,
            "SERVING_URL": f"http://127.0.0.1:{self.serving_port}",
            "OUTBOUND_NETWORKS": "127.0.0.0/8",
            "MLFLOW_AT_START": "0",  # most tests call no door, and each start would cost five seconds
            "OMP_NUM_THREADS": "1",  # three runners share two cores
            "OMP_WAIT_POLICY": "PASSIVE",
        }

    def start(self, name: str, module: str, *arguments: str) -> None:
        path = self.home / f"{name}.log"
        if self.forks and self.env == self.forks.env:
            self.processes[name] = self.forks.start(module, list(arguments), path)
            return
        command = [sys.executable, "-m", module, *arguments]
        with path.open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )

    def web(self) -> None:
        base = ["--interface", "wsgi", "--http", "1", "--host", "127.0.0.1", "--port", str(self.port)]
        self.start("web", "granian", *base, "--blocking-threads", "192", "--no-ws", "config.wsgi:application")
        self.wait(self._answers, 30, "web")

    def _answers(self, url: str = "") -> bool:
        try:
            return urllib.request.urlopen(f"{url or self.url}/healthz", timeout=2).status == 200
        except OSError:
            return False

    def serving(self) -> None:
        base = ["--interface", "wsgi", "--http", "1", "--host", "127.0.0.1", "--port", str(self.serving_port)]
        rest = ["--workers", "1", "--blocking-threads", "32", "--no-ws", "registry.deployments.serving.app:application"]
        self.start("serving", "granian", *base, *rest)
        self.wait(lambda: self._answers(self.env["SERVING_URL"]), 30, "serving")

    def worker(self, name: str = "worker") -> None:
        options = ["--pool", "threads", "--concurrency", "3", "--queues", "default,cpu,gpu", "--loglevel", "INFO"]
        quiet = ["--without-gossip", "--without-mingle", "-n", f"{name}-{self.port}@%h"]
        self.start(name, "celery", "-A", "config", "worker", *options, *quiet)
        self.wait(lambda: b"ready." in (self.home / f"{name}.log").read_bytes(), 30, name)

    def beat(self) -> None:
        schedule = str(self.home / "beat")
        self.start("beat", "celery", "-A", "config", "beat", "--schedule", schedule)

    def wait(self, met, seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not met():
            if time.monotonic() > deadline:
                logs = {path.name: path.read_text(errors="replace")[-1500:] for path in self.home.glob("*.log")}
                raise AssertionError(f"{what} not within {seconds} s; logs: {logs}")
            time.sleep(0.1)

    def kill(self, name: str) -> None:
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def stop(self) -> None:
        """Servers hold nothing that a test still needs; workers are asked, so that they end what they started."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                continue
            if name in ("web", "serving"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=8)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
