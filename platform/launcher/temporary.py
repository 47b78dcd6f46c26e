"""`python -m launcher.temporary COMMAND …`: run a command beside throw-away PostgreSQL and Valkey servers."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from launcher import embedded
from launcher.layout import InstallationLayout
from launcher.supervisor import Service, Supervisor, accepts_on_socket
from launcher.up import retry


def main() -> None:
    """Exit with the command's own status."""
    with tempfile.TemporaryDirectory(prefix="plateau-") as folder:
        layout = InstallationLayout(home=Path(folder))
        for name in ("DATABASE_URL", "REDIS_URL", "PLATEAU_HOME"):
            os.environ.pop(name, None)
        env = layout.environment(host="127.0.0.1", port=int(os.environ.get("PORT", "8000")))
        supervisor = Supervisor(env=env, log_folder=layout.home / "log")
        embedded.init_postgres(layout.postgres_data)
        socket = layout.run / ".s.PGSQL.5432"
        command = embedded.postgres_command(layout.postgres_data, layout.run, durable=False)
        try:
            supervisor.start(
                Service("postgres", command, is_ready=accepts_on_socket(socket), stop_signal=signal.SIGINT)
            )
            retry(lambda: embedded.create_database(layout.run, "plateau"))
            redis, password = layout.redis_socket, layout.redis_password()
            valkey = embedded.valkey_command(layout.redis_data, redis, password=password, durable=False)
            supervisor.start(Service("redis", valkey, is_ready=accepts_on_socket(redis)))
            code = subprocess.run(sys.argv[1:], env=env, check=False).returncode
        finally:
            supervisor.stop()
    raise SystemExit(code)


if __name__ == "__main__":
    main()
