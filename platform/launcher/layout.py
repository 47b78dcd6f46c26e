"""Where things lie on this machine, and the environment that every process gets."""

import os
import secrets
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class InstallationLayout:
    """The folder that holds all data of one installation (`PLATEAU_HOME`, by default `var/`)."""

    home: Path

    @classmethod
    def from_environment(cls) -> "InstallationLayout":
        """Read `PLATEAU_HOME`; the folder is made, readable by its owner alone."""
        home = Path(os.environ.get("PLATEAU_HOME", ROOT / "var")).resolve()
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(home=home)

    @property
    def postgres_data(self) -> Path:
        return self.home / "postgres"

    @property
    def run(self) -> Path:
        """Sockets and pid files."""
        folder = self.home / "run"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @property
    def redis_data(self) -> Path:
        folder = self.home / "redis"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @property
    def redis_socket(self) -> Path:
        return self.run / "redis.sock"

    def secret_key(self) -> str:
        """The signing key: made once, kept in a file that only the owner reads."""
        return self._secret("secret_key", 50)

    def redis_password(self) -> str:
        """What the embedded broker asks for: made once, kept in a file that only the owner reads."""
        return self._secret("redis_password", 32)

    def redis_url(self) -> str:
        """Where the embedded broker is, with its password."""
        return f"unix://:{self.redis_password()}@{self.redis_socket}"

    def _secret(self, name: str, length: int) -> str:
        path = self.home / name
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(length))
        return path.read_text().strip()

    def environment(self, *, host: str, port: int) -> dict[str, str]:
        """The environment of every child; what the caller has set already wins."""
        env = dict(os.environ)
        own = {
            "PLATEAU_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": self.secret_key() if "SECRET_KEY" not in env else env["SECRET_KEY"],
            "HOST": host,
            "PORT": str(port),
            "PLATEAU_URL": f"http://{host}:{port}",
            "DATABASE_URL": f"postgresql://plateau@{quote(str(self.run), safe='')}/plateau",
            "REDIS_URL": self.redis_url(),
            "SERVING_PORT": (serving := env.get("SERVING_PORT") or str(free_port())),
            "SERVING_URL": f"http://127.0.0.1:{serving}",
            "PYTHONUNBUFFERED": "1",
            # On one's own machine many never call MLflow, which takes 80 MiB of each web process.
            "MLFLOW_AT_START": "0",
            # A stopped worker drops its job at once instead of finishing it: the job's lease brings it back.
            "REMAP_SIGTERM": "SIGQUIT",
            # OpenMP threads of several processes on few cores fight each other.
            "OMP_WAIT_POLICY": "PASSIVE",
            "OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 2))),
        }
        for key, value in own.items():
            env.setdefault(key, value)
        paths = [str(ROOT / "platform"), str(ROOT), env.get("PYTHONPATH", "")]
        env["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
        env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", "")])
        return env
