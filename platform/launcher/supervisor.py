"""Starts processes in order, restarts what falls, stops in reverse; leaves nothing behind."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from launcher.celery_child import ForkedService
from launcher.parent_death import die_with_parent

ReadinessCheck = Callable[[], bool]


def accepts_on_socket(path: Path) -> ReadinessCheck:
    """True once something accepts on the Unix socket `path`."""

    def accepts() -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(path)) == 0

    return accepts


def accepts_on_port(host: str, port: int) -> ReadinessCheck:
    """True once something accepts on `host:port`."""

    def accepts() -> bool:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            return probe.connect_ex((host, port)) == 0

    return accepts


@dataclass
class Service:
    """One supervised process. `gate` says when the next one may start."""

    name: str
    command: list[str]
    is_ready: ReadinessCheck | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | ForkedService | None = field(default=None, repr=False)
    backoff: float = 0.5
    started: float = 0.0


class Supervisor:
    """Runs services until it is stopped.

    A service that ends is started again after 0.5, 1, 2 … 30 seconds; a minute of
    running well sets the wait back.
    """

    def __init__(self, *, env: dict[str, str], log_folder: Path) -> None:
        self.env = env
        self.log_folder = log_folder
        self.services: list[Service] = []
        self.stopping = threading.Event()
        log_folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def start(self, service: Service, *, timeout: float = 60) -> None:
        """Start `service` and wait for its gate.

        Raises:
            RuntimeError: it ended or stayed closed for `timeout` seconds; the message names its log.
        """
        self.services.append(service)
        self._spawn(service)
        deadline = time.monotonic() + timeout
        while service.is_ready is not None and not service.is_ready():
            ended = service.process is not None and service.process.poll() is not None
            if ended or time.monotonic() > deadline:
                what = "ended at once" if ended else f"did not answer in {timeout:.0f} s"
                raise RuntimeError(f"{service.name} {what}; see {self.log_path(service)}")
            time.sleep(0.05)

    def log_path(self, service: Service) -> Path:
        return self.log_folder / f"{service.name}.log"

    def _spawn(self, service: Service) -> None:
        service.started = time.monotonic()
        if service.command[0] == "celery":
            service.process = ForkedService(service.command, self.log_path(service), self.env)
            return
        with self.log_path(service).open("ab") as log:
            service.process = subprocess.Popen(
                service.command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509  # this process has one thread
            )

    def watch(self) -> None:
        """Block until `stopping` is set; restart what falls meanwhile."""
        while not self.stopping.wait(0.5):
            for service in self.services:
                self._restart_if_down(service)

    def _restart_if_down(self, service: Service) -> None:
        if service.process is None or service.process.poll() is None:
            return
        lived = time.monotonic() - service.started
        service.backoff = 0.5 if lived > 60 else min(30.0, service.backoff * 2)
        print(
            f"{service.name} ended with {service.process.returncode}; "
            f"starting it again in {service.backoff:.1f} s ({self.log_path(service)})",
            flush=True,
        )
        if not self.stopping.wait(service.backoff):
            self._spawn(service)

    def stop(self) -> None:
        """End everything in reverse order: a signal, ten seconds, then SIGKILL to the group."""
        self.stopping.set()
        for service in reversed(self.services):
            process = service.process
            if process is None or process.poll() is not None:
                continue
            process.send_signal(service.stop_signal)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(timeout=5)


def stop_on_signals(supervisor: Supervisor) -> None:
    """Let Ctrl-C and SIGTERM end `Supervisor.watch`."""

    def handler(_signal: int, _frame: object) -> None:
        supervisor.stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def read_procfile(path: Path, env: dict[str, str]) -> list[Service]:
    """Services of a Procfile; `$NAME` in a command is taken from `env`.

    Raises:
        ValueError: a line has no `name: command`; the message has its number.
    """
    import shlex
    import string

    services = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, separator, command = line.partition(":")
        if not separator or not command.strip():
            raise ValueError(f"{path.name}:{number}: expected `name: command`, got {line!r}")
        words = [string.Template(word).safe_substitute(env) for word in shlex.split(command)]
        services.append(Service(name=name.strip(), command=words))
    return services


def say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


__all__ = [
    "Service",
    "Supervisor",
    "accepts_on_port",
    "accepts_on_socket",
    "read_procfile",
    "say",
    "stop_on_signals",
]
