"""`make up`: databases, migrations, demo organization and every process, under one supervisor."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from launcher import embedded
from launcher.layout import ROOT, InstallationLayout
from launcher.supervisor import (
    Service,
    Supervisor,
    accepts_on_port,
    accepts_on_socket,
    read_procfile,
    say,
    stop_on_signals,
)


def start_databases(supervisor: Supervisor, layout: InstallationLayout) -> None:
    """Embedded PostgreSQL and Valkey, each unless an address for it was given."""
    if "DATABASE_URL" not in os.environ:
        embedded.init_postgres(layout.postgres_data)
        _end_leftover(layout.postgres_data / "postmaster.pid")
        postgres = Service(
            "postgres",
            embedded.postgres_command(layout.postgres_data, layout.run, archives=bool(os.environ.get("WAL_ARCHIVE"))),
            is_ready=accepts_on_socket(layout.run / ".s.PGSQL.5432"),
            stop_signal=signal.SIGINT,
        )
        supervisor.start(postgres)
        retry(lambda: embedded.create_database(layout.run, "plateau"))
    if "REDIS_URL" not in os.environ:
        path = layout.redis_socket
        command = embedded.valkey_command(layout.redis_data, path, password=layout.redis_password())
        supervisor.start(Service("redis", command, is_ready=accepts_on_socket(path)))


def retry(action: Callable[[], None], *, seconds: float = 20) -> None:
    """PostgreSQL accepts connections a moment before it answers them."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            action()
            return
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _end_leftover(pid_file: Path) -> None:
    """End a server of this very folder that outlived a supervisor killed with -9."""
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text().split("\n", 1)[0])
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
    except OSError:
        return
    if str(pid_file.parent) not in command:
        return
    os.kill(pid, signal.SIGINT)
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.1)


def manage(env: dict[str, str], *arguments: str) -> None:
    """Run a management command; its words reach the terminal.

    Raises:
        SystemExit: it failed.
    """
    result = subprocess.run([sys.executable, str(ROOT / "manage.py"), *arguments], env=env, check=False)
    if result.returncode:
        raise SystemExit(f"`manage.py {' '.join(arguments)}` failed; nothing was started")


def _check_port(host: str, port: int) -> None:
    if accepts_on_port(host, port)():
        raise SystemExit(f"Port {port} is in use. Choose another one: make up PORT={port + 1}")


def main() -> None:
    """Run until Ctrl-C."""
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    _check_port(host, port)
    layout = InstallationLayout.from_environment()
    env = layout.environment(host=host, port=port)
    supervisor = Supervisor(env=env, log_folder=layout.home / "log")
    stop_on_signals(supervisor)
    begun = time.monotonic()
    try:
        start_databases(supervisor, layout)
        say("• Database …")
        manage(env, "prepare")
        for service in read_procfile(ROOT / "Procfile", env):
            if service.name == "web":
                service.is_ready = accepts_on_port(host, port)
            if shutil.which(service.command[0], path=env["PATH"]) is None:
                raise SystemExit(f"{service.command[0]} is missing; run `make setup`")
            supervisor.start(service)
        say(f"• Up in {time.monotonic() - begun:.1f} s\n")
        if env.get("PLATEAU_DEMO", "1") == "1":
            manage(env, "seed_demo", "--announce")
        say(f"\nPlateau is at http://{host}:{port}   (logs: {layout.home / 'log'}; Ctrl-C stops everything)")
        supervisor.watch()
    except RuntimeError as error:
        raise SystemExit(str(error)) from error
    finally:
        say("\nStopping …")
        supervisor.stop()
        say("Stopped; everything is kept.")


if __name__ == "__main__":
    main()
