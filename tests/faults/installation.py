"""A whole installation of its own, started as `make up` does, whose every process a test may kill.

Nothing here touches the servers that other tests share: PostgreSQL, Valkey, web, workers and scheduler have a
folder and ports of their own, and write durably.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import requests

from launcher import embedded
from launcher.layout import InstallationLayout, free_port

ROOT = Path(__file__).resolve().parents[2]
SECRET = "f4ult-tests-only-9Qw3rT7yU1iO5pA2sD6fG"
PASSWORD = "correct horse battery"

PEOPLE = f"""
import django; django.setup()
from plateau.identity.authentication import actor_of_membership
from plateau.identity.services import add_member, create_organization, mint_token
admin = create_organization(name="Ours", admin_email="admin@ours.example", admin_name="A", password="{PASSWORD}")
people = {{"admin": admin}}
for role in ("annotator", "manager", "scientist"):
    people[role] = add_member(actor=actor_of_membership(admin), email=role + "@ours.example", name=role, role=role)
for role, one in people.items():
    scopes = sorted(actor_of_membership(one).scopes)
    print(role, mint_token(membership=one, name="x", scopes=scopes, expires_at=None, project_id=None)[1])
"""


class Installation:
    """Databases and processes in one folder, of the code in `root`."""

    def __init__(self, home: Path, template: Path | None = None, root: Path = ROOT) -> None:
        self.home, self.root = home, root
        self.composition = "config" if (root / "config").is_dir() else "plateau"  # 0.2.0 had it elsewhere
        if template is not None:
            subprocess.run(["cp", "-a", f"{template}/.", str(home)], check=True)
        self.port = free_port()
        self.processes: dict[str, subprocess.Popen] = {}
        for folder in ("run", "redis", "log"):
            (home / folder).mkdir(mode=0o700, exist_ok=True)
        clean = {key: value for key, value in os.environ.items() if not key.lstrip("_").startswith("MLFLOW_")}
        self.env = clean | {
            "DJANGO_SETTINGS_MODULE": f"{self.composition}.settings",
            "SECRET_KEY": SECRET,
            "DATABASE_URL": f"postgresql://plateau@{quote(str(home / 'run'), safe='')}/plateau",
            "REDIS_URL": InstallationLayout(home=home).redis_url(),
            "PLATEAU_HOME": str(home),
            "STORAGE_URL": f"file://{home / 'files'}",
            "PLATEAU_URL": f"http://127.0.0.1:{self.port}",
            "SERVING_URL": f"http://127.0.0.1:{free_port()}",
            "REMAP_SIGTERM": "SIGQUIT",
            "OMP_NUM_THREADS": "1",
            "OMP_WAIT_POLICY": "PASSIVE",
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def words(self, **more: str) -> dict[str, str]:
        """What a process is told."""
        return self.env | {"PYTHONPATH": os.pathsep.join([str(self.root / "platform"), str(self.root)])} | more

    # Starting --------------------------------------------------------------------------------------------------------

    def start(self, name: str, *command: str, **env: str) -> subprocess.Popen:
        with (self.home / "log" / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=self.root, env=self.words(**env), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self.processes[name] = process
        return process

    def postgres(self) -> None:
        data = self.home / "postgres"
        embedded.init_postgres(data)
        (data / "postmaster.pid").unlink(missing_ok=True)  # of a server that was killed: it is gone
        self.start("postgres", *embedded.postgres_command(data, self.home / "run", archives="WAL_ARCHIVE" in self.env))
        self.until(lambda: self.sql("SELECT 1", database="postgres") == [(1,)], 30, "postgres")

    def broker(self) -> None:
        layout = InstallationLayout(home=self.home)
        path = layout.redis_socket
        path.unlink(missing_ok=True)
        command = embedded.valkey_command(layout.redis_data, path, password=layout.redis_password())
        self.start("redis", *command)
        self.until(path.exists, 20, "redis")

    def prepare(self) -> None:
        embedded.create_database(self.home / "run", "plateau")
        self.manage("prepare")

    def web(self, workers: int = 1) -> None:
        words = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)]
        words += ["--workers", str(workers), "--blocking-threads", "192", "--backpressure", "2048", "--no-ws"]
        self.start("web", sys.executable, *words, f"{self.composition}.wsgi:application")
        self.until(lambda: self.get("/healthz") == 200, 60, "web")

    def worker(self, name: str = "worker", queues: str = "default,cpu,gpu", **env: str) -> None:
        log = self.home / "log" / f"{name}.log"
        before = log.stat().st_size if log.exists() else 0
        options = ["--pool", "threads", "--concurrency", "3", "--queues", queues, "--loglevel", "INFO"]
        words = [*self._celery(), "worker", *options, "--without-gossip", "--without-mingle"]
        self.start(name, sys.executable, *words, "-n", f"{name}-{self.port}@%h", **env)
        self.until(lambda: b"ready." in log.read_bytes()[before:], 60, name)

    def beat(self, **env: str) -> None:
        words = [*self._celery(), "beat", "--schedule", str(self.home / "run" / "beat")]
        self.start("beat", sys.executable, *words, **env)

    def _celery(self) -> list[str]:
        """Of an earlier release without what tests add."""
        return ["-m", "tests.faults.celery_worker"] if self.root == ROOT else ["-m", "celery", "-A", self.composition]

    def everything(self, web_workers: int = 1) -> None:
        self.postgres()
        self.broker()
        self.web(web_workers)
        self.worker()
        self.beat()

    # Asking ----------------------------------------------------------------------------------------------------------

    def manage(self, *words: str, check: bool = True) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=self.root, env=self.words(), capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0 or not check, done.stdout[-1000:] + done.stderr[-3000:]
        return done

    def sql(self, statement: str, *values: Any, database: str = "plateau") -> list[tuple]:
        connection = psycopg2.connect(host=str(self.home / "run"), user="plateau", dbname=database, connect_timeout=2)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def until(self, met: Callable[[], bool], seconds: float, what: str) -> float:
        """Wait; returns for how long. An exception while asking counts as not yet."""
        begun, last = time.monotonic(), ""
        while time.monotonic() - begun < seconds:
            try:
                if met():
                    return time.monotonic() - begun
            except Exception as error:
                last = repr(error)
            time.sleep(0.1)
        logs = {path.name: path.read_text(errors="replace")[-1500:] for path in (self.home / "log").glob("*.log")}
        raise AssertionError(f"{what} not within {seconds} s ({last}); logs: {logs}")

    # Harming ---------------------------------------------------------------------------------------------------------

    def kill(self, name: str) -> None:
        """-9, the whole group, and wait until it is gone."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def pids(self, word: str) -> list[int]:
        """Processes of this installation whose command line has `word`."""
        pids = []
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                words = (folder / "cmdline").read_bytes().decode(errors="replace")
                home = (folder / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if word in words and f"PLATEAU_HOME={self.home}" in home:
                pids.append(int(folder.name))
        return pids

    def stop(self) -> None:
        for name, process in reversed(self.processes.items()):
            if process.poll() is None:
                process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
                try:
                    process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    self.kill(name)


class Person:
    """Somebody at the API of an installation."""

    def __init__(self, installation: Installation, token: str) -> None:
        self.installation, self.http = installation, requests.Session()
        self.http.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.http.request(method, f"{self.installation.url}/api/v1/{path}", timeout=20, **options)

    def call(self, method: str, path: str, **options: Any) -> Any:
        response = self.ask(method, path, **options)
        assert response.status_code < 300, (path, response.status_code, response.text[:500])
        return response.json() if response.content else None

    def patiently(self, method: str, path: str, seconds: float, **options: Any) -> Any:
        """As a browser that keeps trying: only a refusal that says "not now" is tried again."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                response = self.ask(method, path, **options)
            except requests.RequestException:
                time.sleep(0.1)
                continue
            if response.status_code < 300:
                return response.json()
            assert response.status_code in (429, 502, 503), (response.status_code, response.text[:500])
            time.sleep(0.2)
        raise AssertionError(f"no answer to {method} {path} within {seconds} s")

    def ended(self, job_id: int, seconds: float = 60) -> dict:
        job: dict = {}

        def over() -> bool:
            job.update(self.call("GET", f"jobs/{job_id}/"))
            return job["state"] in ("done", "failed", "cancelled")

        self.installation.until(over, seconds, f"end of job {job_id}")
        return job


def make_template(home: Path) -> dict[str, str]:
    """Databases with every schema, an organization, and tokens by role; then everything is stopped."""
    installation = Installation(home)
    try:
        installation.postgres()
        installation.broker()
        installation.prepare()
        done = subprocess.run(
            [sys.executable, "-c", PEOPLE],
            cwd=ROOT,
            env=installation.words(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return dict(line.split() for line in done.stdout.splitlines() if " plt_" in line)
    finally:
        installation.stop()
        shutil.rmtree(home / "log", ignore_errors=True)
