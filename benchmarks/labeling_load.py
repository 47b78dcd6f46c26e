"""Next-and-submit under load: labels per second and CPU milliseconds per label, server plus database.

    python -m launcher.temporary python benchmarks/labeling_load.py [--tasks 5000] [--labels 1500]

Starts the web server as the Procfile does, seeds a project of boxes, and lets 1, 8 and 32 annotators
label over HTTP with keep-alive connections: each request submits eight boxes and leases the next task.
CPU time is read from /proc for the web server's and PostgreSQL's processes; the clients' is not counted.
"""

import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of processes, those that ended left out."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def processes(word: str) -> list[int]:
    """Pids whose command line holds `word`."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in path.read_bytes().replace(b"\0", b" "):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def children(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if parent in found:
            found.append(int(path.parent.name))
    return found


def seed(tasks: int, annotators: int) -> tuple[int, list[str]]:
    """A project of `tasks` addresses and a token for each annotator."""
    from plateau.datalake.models import Dataset, Item
    from plateau.identity.authentication import actor_of_membership
    from plateau.identity.models import Membership, Organization, User
    from plateau.identity.services import create_token

    from annotation.labeling.services import sync_tasks
    from annotation.projects.kinds import LabelIn, SchemaIn
    from annotation.projects.services import create_project

    organization = Organization.objects.create(name="Load", slug="load")
    actors = []
    for number in range(annotators):
        user = User(email=f"a{number}@load.example", name=f"A{number}", password="!")
        user.save()
        role = "admin" if number == 0 else "annotator"
        member = Membership.objects.create(organization=organization, user=user, role=role)
        actors.append(actor_of_membership(member))
    dataset = Dataset.objects.create(organization=organization, name="Load")
    items = (Item(dataset=dataset, uri=f"https://x.example/{n}.jpg", name=f"{n}.jpg") for n in range(tasks))
    Item.objects.bulk_create(items, batch_size=5000)
    labels = SchemaIn(labels=[LabelIn(id="car", name="Car", color="#123456")])
    project = create_project(actor=actors[0], dataset=dataset, name="Load", kind="boxes", schema=labels)
    sync_tasks(dataset.pk)
    tokens = [create_token(actor=one, name="load", scopes=["labels:write", "projects:read"])[1] for one in actors]
    return project.pk, tokens


class Annotator(threading.Thread):
    """Labels until its share is done; keeps what it was handed, to look for doubles."""

    def __init__(self, port: int, project: int, token: str, share: int) -> None:
        super().__init__()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.project, self.token, self.share = project, token, share
        self.handed: list[int] = []
        self.seconds: list[float] = []

    def call(self, path: str, body: object) -> dict:
        head = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        head["Idempotency-Key"] = str(uuid.uuid4())
        self.connection.request("POST", f"/api/v1/{path}", json.dumps(body), head)
        answer = self.connection.getresponse()
        data = json.loads(answer.read())
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {answer.status} {data}")
        return data

    def run(self) -> None:
        boxes = [{"id": f"r{n}", "label": "car", "x": 10.5 * n, "y": 20.25, "w": 33.3, "h": 44.4} for n in range(8)]
        tasks = self.call(f"projects/{self.project}/queue/next/", {"count": 1})["tasks"]
        for _ in range(self.share):
            if not tasks:
                return
            self.handed.append(tasks[0]["id"])
            begun = time.perf_counter()
            answer = self.call(f"tasks/{tasks[0]['id']}/annotations/?next=1", {"value": {"regions": boxes}})
            self.seconds.append(time.perf_counter() - begun)
            tasks = answer["next"]


def measure(port: int, project: int, tokens: list[str], labels: int, web: int) -> dict[str, float]:
    """One round."""
    crowd = [Annotator(port, project, token, labels // len(tokens)) for token in tokens]
    server, database = children(web), processes("postgres")
    before = cpu_seconds(server), cpu_seconds(database)
    begun = time.perf_counter()
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    wall = time.perf_counter() - begun
    database = sorted({*database, *processes("postgres")})
    done = sum(len(one.seconds) for one in crowd)
    handed = Counter(task for one in crowd for task in one.handed)
    times = sorted(second for one in crowd for second in one.seconds)
    return {
        "annotators": len(tokens),
        "labels": done,
        "labels_per_second": done / wall,
        "server_ms": 1000 * (cpu_seconds(server) - before[0]) / done,
        "database_ms": 1000 * (cpu_seconds(database) - before[1]) / done,
        "p50_ms": 1000 * times[len(times) // 2],
        "p95_ms": 1000 * times[int(len(times) * 0.95)],
        "doubles": sum(number - 1 for number in handed.values()),
    }


def main() -> None:
    """Print a table and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=6000)
    parser.add_argument("--labels", type=int, default=1600, help="in each round")
    options = parser.parse_args()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    project, tokens = seed(options.tasks, 32)
    port = int(os.environ["PORT"])
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "2"]
    command += ["--blocking-threads", "4", "--no-ws", "--log-level", "error", "plateau.wsgi:application"]
    web = subprocess.Popen(command, cwd=ROOT)
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2)
                break
            except OSError:
                time.sleep(0.2)
        measure(port, project, tokens[:4], 200, web.pid)  # warm
        rounds = [measure(port, project, tokens[:crowd], options.labels, web.pid) for crowd in (1, 8, 32)]
    finally:
        web.send_signal(signal.SIGTERM)
        web.wait()
    print(
        f"{'annotators':>10} {'labels/s':>9} {'server ms':>10} {'database ms':>12} {'p50 ms':>7} {'p95 ms':>7} doubles"
    )
    for one in rounds:
        print(
            f"{one['annotators']:>10.0f} {one['labels_per_second']:>9.0f} {one['server_ms']:>10.2f} "
            f"{one['database_ms']:>12.2f} {one['p50_ms']:>7.1f} {one['p95_ms']:>7.1f} {one['doubles']:>7.0f}"
        )
    print(json.dumps(rounds))


if __name__ == "__main__":
    main()
