"""What the proxy in front of MLflow costs: CPU for a call through it, over CPU for the same call to MLflow run bare.

    python -m launcher.temporary python benchmarks/mlflow_proxy.py [--calls 300] [--rounds 5]

Both are granian with one worker and four threads on the same PostgreSQL server; bare MLflow has a schema of its own
and no workspaces. The proxy authenticates the caller, finds the project, checks routes and content, mirrors the
registry. and mirrors the registry. CPU of server and PostgreSQL is read from /proc. Rounds alternate; the median of
their ratios is told for each call and for all of them together.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks.labeling_load import children, cpu_seconds, processes  # noqa: E402
from tests.stack import free_port  # noqa: E402


class Server:
    """One granian and who asks it."""

    def __init__(self, target: str, env: dict[str, str], prefix: str, token: str = "") -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--workers", "1", "--blocking-threads", "4", "--no-ws", target]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.base = f"http://127.0.0.1:{self.port}{prefix}/api/2.0/mlflow/"
        self.head = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})

    def ask(self, method: str, call: str, body: dict | None = None) -> dict:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.base + call, data=data, method=method, headers=self.head)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"{}")

    def ready(self) -> None:
        for _ in range(600):
            try:
                self.ask("POST", "experiments/search", {"max_results": 1})
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("a server did not start")

    def pids(self) -> list[int]:
        return children(self.process.pid) + processes("postgres")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def create_rows(server: Server) -> dict[str, str]:
    """An experiment, a run and a model with versions to ask about."""
    experiment = server.ask("POST", "experiments/create", {"name": f"bench-{time.time()}"})["experiment_id"]
    run = server.ask("POST", "runs/create", {"experiment_id": experiment, "start_time": 1})["run"]["info"]["run_id"]
    name = f"model-{time.time()}"
    server.ask("POST", "registered-models/create", {"name": name})
    source = server.ask("GET", f"runs/get?run_id={run}")["run"]["info"]["artifact_uri"]
    for _ in range(20):
        server.ask("POST", "model-versions/create", {"name": name, "source": source, "run_id": run})
    return {"experiment": experiment, "run": run, "name": name}


def calls(about: dict[str, str]) -> dict[str, tuple[str, str, dict | None]]:
    """What clients ask most, from reading one row to writing a hundred metrics."""
    run, name, number = about["run"], about["name"], int(time.time() * 1000)
    metrics = [{"key": f"m{metric}", "value": metric, "timestamp": number, "step": 0} for metric in range(20)]
    return {
        "runs/get": ("GET", f"runs/get?run_id={run}", None),
        "runs/search": ("POST", "runs/search", {"experiment_ids": [about["experiment"]], "max_results": 50}),
        "runs/log-batch": ("POST", "runs/log-batch", {"run_id": run, "metrics": metrics}),
        "runs/set-tag": ("POST", "runs/set-tag", {"run_id": run, "key": "k", "value": str(number)}),
        "registered-models/get": ("GET", f"registered-models/get?name={name}", None),
        "model-versions/search": ("GET", f"model-versions/search?filter=name%3D'{name}'", None),
        "model-versions/get": ("GET", f"model-versions/get?name={name}&version=3", None),
    }


def cost(server: Server, call: tuple[str, str, dict | None], times: int) -> float:
    """CPU milliseconds of one call."""
    server.ask(*call)
    before = cpu_seconds(server.pids())
    for _ in range(times):
        server.ask(*call)
    return (cpu_seconds(server.pids()) - before) * 1000 / times


def main() -> None:
    """Start both, alternate, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    call_command("prepare")
    from annotation.projects.services import create_project
    from labelkit.annotations import LabelIn, SchemaIn
    from plateau.datalake.services import create_dataset
    from plateau.identity.authentication import actor_of_membership
    from plateau.identity.services import create_organization, create_token
    from registry.mlflow_store.server import store_uri

    person = create_organization(name="Bench", admin_email="a@b.example", admin_name="A", password="correct horse 1")
    actor = actor_of_membership(person)
    dataset = create_dataset(actor=actor, name="none")
    schema = SchemaIn(labels=[LabelIn(id=label, name=label, color="#111111") for label in "ab"])
    project = create_project(actor=actor, dataset=dataset, name="Bench", kind="classification", schema=schema)
    _, token = create_token(actor=actor, name="bench", scopes=sorted(actor.scopes))
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA bare")
    bare_uri = store_uri().replace("search_path%3Dmlflow", "search_path%3Dbare")
    bare_uri = bare_uri.replace(f"//{actor_role()}@", f"//{connection.settings_dict['USER']}@")
    env = dict(os.environ) | {"PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)])}
    artifacts = f"file://{os.environ.get('PLATEAU_HOME', '/tmp')}/bare"
    bare_env = env | {
        "_MLFLOW_SERVER_FILE_STORE": bare_uri,
        "_MLFLOW_SERVER_REGISTRY_STORE": bare_uri,
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": artifacts,
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    proxy = Server("config.wsgi:application", env, f"/mlflow/project-{project.pk}", token)
    bare = Server("benchmarks.bare_mlflow:application", bare_env, "")
    try:
        proxy.ready()
        bare.ready()
        bare_calls = calls(create_rows(bare))
        pairs = {name: (call, bare_calls[name]) for name, call in calls(create_rows(proxy)).items()}
        totals: list[float] = []
        rows: dict[str, list[tuple[float, float]]] = {name: [] for name in pairs}
        for _ in range(options.rounds):
            for name, (proxied_call, bare_call) in pairs.items():
                rows[name].append((cost(proxy, proxied_call, options.calls), cost(bare, bare_call, options.calls)))
            last = [row[-1] for row in rows.values()]
            totals.append(sum(pair[0] for pair in last) / sum(pair[1] for pair in last))
        for name, pairs_of_call in rows.items():
            ratio = statistics.median(proxied_ms / bare_ms for proxied_ms, bare_ms in pairs_of_call)
            proxied_ms, bare_ms = (statistics.median(column) for column in zip(*pairs_of_call, strict=True))
            print(f"{name:24} proxy {proxied_ms:6.2f} ms  bare {bare_ms:6.2f} ms  ratio {ratio:.2f}")
        print(f"{'all together':24} ratio {statistics.median(totals):.3f} (rounds {min(totals):.3f}–{max(totals):.3f})")
    finally:
        proxy.stop()
        bare.stop()


def actor_role() -> str:
    """The role that the proxy's MLflow signs in as."""
    from registry.mlflow_store.server import role_name

    return role_name()


if __name__ == "__main__":
    main()
