"""`python -m launcher.running COMMAND …`: run a command on an installation's databases, started for it if need be."""

import subprocess
import sys

from launcher.layout import InstallationLayout
from launcher.supervisor import Supervisor, accepts_on_socket
from launcher.up import start_databases


def main() -> None:
    """Exit with the command's own status."""
    layout = InstallationLayout.from_environment()
    env = layout.environment(host="127.0.0.1", port=8000)
    supervisor = Supervisor(env=env, log_folder=layout.home / "log")
    try:
        if not accepts_on_socket(layout.run / ".s.PGSQL.5432")():
            start_databases(supervisor, layout)
        code = subprocess.run(sys.argv[1:], env=env, check=False).returncode
    finally:
        supervisor.stop()
    raise SystemExit(code)


if __name__ == "__main__":
    main()
