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

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stack:
    """Starts processes as the Procfile does; each has its log in `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.serving_port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen] = {}
        database = settings.DATABASES["default"]
        # What MLflow's server was told in this very process is not for the processes of the test.
        clean = {key: value for key, value in os.environ.items() if not key.lstrip("_").startswith("MLFLOW_")}
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

    def start(self, name: str, *command: str) -> subprocess.Popen:
        with (self.home / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True)
        self.processes[name] = process
        return process

    def web(self) -> None:
        base = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)]
        self.start("web", sys.executable, *base, "--blocking-threads", "192", "--no-ws", "config.wsgi:application")
        self.wait(self._answers, 30, "web")

    def _answers(self, url: str = "") -> bool:
        try:
            return urllib.request.urlopen(f"{url or self.url}/healthz", timeout=2).status == 200
        except OSError:
            return False

    def serving(self) -> subprocess.Popen:
        base = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.serving_port)]
        rest = ["--workers", "1", "--blocking-threads", "32", "--no-ws", "registry.deployments.serving.app:application"]
        process = self.start("serving", sys.executable, *base, *rest)
        self.wait(lambda: self._answers(self.env["SERVING_URL"]), 30, "serving")
        return process

    def worker(self, name: str = "worker") -> subprocess.Popen:
        options = ["--pool", "threads", "--concurrency", "3", "--queues", "default,cpu,gpu", "--loglevel", "INFO"]
        quiet = ["--without-gossip", "--without-mingle", "-n", f"{name}-{self.port}@%h"]
        process = self.start(name, sys.executable, "-m", "celery", "-A", "config", "worker", *options, *quiet)
        self.wait(lambda: b"ready." in (self.home / f"{name}.log").read_bytes(), 30, name)
        return process

    def beat(self) -> None:
        schedule = str(self.home / "beat")
        self.start("beat", sys.executable, "-m", "celery", "-A", "config", "beat", "--schedule", schedule)

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
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=8)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
