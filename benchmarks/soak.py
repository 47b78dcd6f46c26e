"""A working day in half an hour: annotators with think time, dashboards, logged runs, training and import beside them.

    PYTHONPATH=platform:. python benchmarks/soak.py [--minutes 30] [--annotators 200] [--managers 10] [--scientists 5]

Starts an installation of its own as the Procfile does (durable PostgreSQL and Valkey, two web processes, workers,
scheduler). Told at the end: failed requests, latencies of labeling and of the rest, memory of each process over time,
waiting jobs over time. Then saturation: everybody labels without thinking, with four times the people, for a minute;
what is turned away must be 429 or 503 with Retry-After; half a minute later the first latencies must be back.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import requests

from tests.faults import work
from tests.faults.installation import Installation, Person, make_template

PEOPLE = """
import django; django.setup()
import sys
from plateau.identity.models import Membership, Organization, User
from plateau.identity.services import mint_token, role_by_key
organization = Organization.objects.get()
for number in range(int(sys.argv[1])):
    user = User.objects.create_user(f"a{number}@ours.example", None, name=f"A {number}")
    role = role_by_key(organization_id=organization.pk, key="annotator")
    member = Membership.objects.create(organization=organization, user=user, role=role)
    scopes = sorted(role.granted())
    print(mint_token(membership=member, name="soak", scopes=scopes, expires_at=None, project_id=None)[1])
"""


class Record:
    """What was asked, how long it took, how it ended."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.took: dict[str, list[float]] = defaultdict(list)
        self.ended: dict[str, Counter[str]] = defaultdict(Counter)

    def ask(self, kind: str, person: Person, method: str, path: str, **options: Any) -> Any:
        """One request; None where it was turned away or failed."""
        started = time.monotonic()
        try:
            answer = person.ask(method, path, **options)
        except requests.RequestException as error:
            return self._note(kind, started, type(error).__name__)
        polite = answer.status_code in (429, 503) and "Retry-After" in answer.headers
        self._note(
            kind, started, "ok" if answer.status_code < 400 else "turned away" if polite else str(answer.status_code)
        )
        return answer.json() if answer.status_code < 400 and answer.content else None

    def _note(self, kind: str, started: float, how: str) -> None:
        with self.lock:
            self.ended[kind][how] += 1
            if how == "ok":
                self.took[kind].append(time.monotonic() - started)

    def summary(self) -> dict[str, Any]:
        """Latencies in milliseconds, and ends."""
        summary = {}
        for kind, ends in self.ended.items():
            took = sorted(self.took[kind]) or [0.0]
            at = {f"p{p}": round(took[min(len(took) - 1, int(len(took) * p / 100))] * 1000) for p in (50, 95, 99)}
            summary[kind] = {"requests": sum(ends.values()), **at, **{k: v for k, v in ends.items() if k != "ok"}}
        return summary


def annotator(person: Person, project: int, record: Record, over: threading.Event, think: tuple[float, float]) -> None:
    """Look, answer, look."""
    tasks: list[Any] = []
    over.wait(random.uniform(0, think[1]))
    while not over.is_set():
        if not tasks:
            queue = record.ask("labeling", person, "POST", f"projects/{project}/queue/next/", json={"count": 1})
            tasks = (queue or {}).get("tasks", [])
            if not tasks:
                over.wait(1.0)
                continue
        if over.wait(random.uniform(*think)):
            return  # or all would answer at once
        body = {"value": work.answer_of(tasks[0]), "active_ms": 2000}
        queue = record.ask("labeling", person, "POST", f"tasks/{tasks[0]['id']}/annotations/?next=1", json=body)
        if queue is None:
            over.wait(1.0)
            continue
        tasks = queue["next_tasks"]


def manager(person: Person, project: int, record: Record, over: threading.Event) -> None:
    """Looks at dashboards."""
    pages = (
        f"projects/{project}/overview/",
        "projects/",
        f"projects/{project}/tasks/?state=done",
        "jobs/",
        "forecasts/",
    )
    while not over.wait(random.uniform(2, 5)):
        record.ask("dashboards", person, "GET", random.choice(pages))


def scientist(installation: Installation, person: Person, project: int, record: Record, over: threading.Event) -> None:
    """Logs runs by MLflow's REST API."""
    base = f"{installation.url}/mlflow/project-{project}/api/2.0/mlflow"
    name = {"name": f"soak {threading.get_ident()}"}
    experiment = _sure(person.http.post(f"{base}/experiments/create", json=name, timeout=30))["experiment_id"]
    run = _sure(person.http.post(f"{base}/runs/create", json={"experiment_id": experiment}, timeout=30))
    run = run["run"]["info"]["run_id"]
    step = 0
    while not over.wait(1.0):
        step += 1
        metrics = [{"key": "loss", "value": 1 / step, "timestamp": int(time.time() * 1000), "step": step}]
        started = time.monotonic()
        try:
            answer = person.http.post(f"{base}/runs/log-batch", json={"run_id": run, "metrics": metrics}, timeout=30)
            record._note("mlflow", started, "ok" if answer.status_code == 200 else str(answer.status_code))
        except requests.RequestException as error:
            record._note("mlflow", started, type(error).__name__)


def _sure(answer: requests.Response) -> Any:
    assert answer.status_code == 200, (answer.url, answer.status_code, answer.text[:300])
    return answer.json()


def background_jobs(
    token: str, installation: Installation, project: int, snapshot: int, over: threading.Event, ended: Counter
) -> None:
    """Trains, freezes and imports pictures, again and again."""
    turn = 0
    while not over.is_set():
        turn += 1
        person = Person(installation, token)  # a connection that was idle for long is closed by the server
        orders = [(f"projects/{project}/runs/", {"snapshot_id": snapshot, "recipe": "image_logistic"})]
        orders.append((f"projects/{project}/snapshots/", None))
        orders.append((f"uploads/{work.upload(person, work.pictures(200, seed=turn))[1]}/start/", None))
        for path, body in orders:
            response = person.ask("POST", path, json=body)
            kind = path.split("/")[-2]
            if response.status_code >= 300:
                ended[f"{kind} {response.status_code}"] += 1
                continue
            job = response.json()["job"]["id"]
            while not over.wait(1.0):
                state = person.call("GET", f"jobs/{job}/")["state"]
                if state in ("done", "failed", "cancelled"):
                    ended[f"{kind} {state}"] += 1
                    break
        over.wait(20)


def memory(installation: Installation) -> dict[str, float]:
    """Megabytes (PSS) of each service, its descendants with it."""
    parents: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            lines = (folder / "smaps_rollup").read_text().splitlines()
            sizes[int(folder.name)] = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, StopIteration, ValueError):
            continue
    services = {process.pid: name for name, process in installation.processes.items()}
    totals: dict[str, float] = defaultdict(float)
    for pid, size in sizes.items():
        above = pid
        while above not in services and above in parents:
            above = parents[above]
        if above in services:
            totals[services[above]] += size / 1024
    return {name: round(value) for name, value in totals.items()}


def crowd(
    installation: Installation, tokens: list[str], project: int, record: Record, over: threading.Event, think: Any
) -> list:
    """A thread for each person."""
    threads = []
    for token in tokens:
        words = (Person(installation, token), project, record, over, think)
        threads.append(threading.Thread(target=annotator, args=words, daemon=True))
    return threads


def main() -> None:
    """Soak, saturate, recover."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--annotators", type=int, default=200)
    parser.add_argument("--managers", type=int, default=10)
    parser.add_argument("--scientists", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plt-") as template, tempfile.TemporaryDirectory(prefix="plt-") as home:
        tokens = make_template(Path(template))
        installation = Installation(Path(home), Path(template))
        try:
            installation.everything(web_workers=2)
            _run(installation, tokens, options)
        finally:
            installation.stop()


def _run(installation: Installation, tokens: dict[str, str], options: argparse.Namespace) -> None:
    import subprocess

    admin = Person(installation, tokens["admin"])
    process = subprocess.run(
        [sys.executable, "-c", PEOPLE, str(options.annotators * 4)],
        env=installation.words(),
        capture_output=True,
        text=True,
        check=True,
    )
    hands = process.stdout.split()
    first = work.project(admin, 60)
    work.label_all(admin, first)
    snapshot = work.snapshot(admin, first)
    project = work.project(admin, 2000)
    # Enough tasks for everybody: the same pictures, asked again and again.
    installation.sql(
        "INSERT INTO datalake_item (dataset_id, uri, text, name, meta, created_at) "
        "SELECT p.dataset_id, 'storage:x/' || n, '', 'dark-' || n || '.png', '{}', now() "
        "FROM projects_project p, generate_series(1, 200000) n WHERE p.id = %s",
        project,
    )
    installation.manage("shell", "-c", "from annotation.labeling.services import sync_tasks\n"
                 "from annotation.projects.models import Project\n"
                 f"sync_tasks(Project.objects.get(pk={project}).dataset_id)")  # fmt: skip
    record, over, ended = Record(), threading.Event(), Counter()
    threads = crowd(installation, hands[: options.annotators], project, record, over, (2.0, 6.0))
    for _ in range(options.managers):
        threads.append(
            threading.Thread(target=manager, args=(Person(installation, tokens["manager"]), project, record, over))
        )
    for _ in range(options.scientists):
        words = (installation, Person(installation, tokens["scientist"]), project, record, over)
        threads.append(threading.Thread(target=scientist, args=words))
    threads.append(
        threading.Thread(target=background_jobs, args=(tokens["admin"], installation, first, snapshot, over, ended))
    )
    for thread in threads:
        thread.start()
        time.sleep(0.01)
    samples = []
    end = time.monotonic() + options.minutes * 60
    while time.monotonic() < end:
        time.sleep(min(30.0, options.minutes * 60 / 10))
        waiting = installation.sql("SELECT count(*) FROM jobs_job WHERE state = 'queued'")[0][0]
        samples.append({"memory": memory(installation), "waiting": waiting})
        labeling = record.summary().get("labeling")
        print(json.dumps(samples[-1] | {"labeling so far": labeling}), flush=True)
    over.set()
    for thread in threads:
        thread.join(timeout=60)
    half = len(samples) // 2
    grown = {
        name: round(
            statistics.mean(sample["memory"].get(name, 0) for sample in samples[half:])
            - statistics.mean(sample["memory"].get(name, 0) for sample in samples[1 : half or 2]), 1,
        )
        for name in samples[-1]["memory"]
    }  # fmt: skip
    print("soak", json.dumps({"requests": record.summary(), "jobs": ended, "MB grown between halves": grown}))
    print("saturation", json.dumps(_phase(installation, hands, project, 60, (0.0, 0.0))))
    time.sleep(20)
    print("afterwards", json.dumps(_phase(installation, hands[: options.annotators], project, 60, (2.0, 6.0))))


def _phase(
    installation: Installation, hands: list[str], project: int, seconds: float, think: tuple[float, float]
) -> Any:
    record, over = Record(), threading.Event()
    threads = crowd(installation, hands, project, record, over, think)
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    over.set()
    for thread in threads:
        thread.join(timeout=60)
    return record.summary()


if __name__ == "__main__":
    main()
