"""Next-and-submit under load: labels per second and CPU milliseconds per label, server plus database.

    python -m launcher.temporary python benchmarks/labeling_load.py [--sizes 1000,1000000] [--labels 1500]
    python -m launcher.temporary python benchmarks/labeling_load.py --sizes 200000 --crowds 64 --labels 200000

Starts the web server as the Procfile does, seeds projects of boxes, and lets 1, 8 and 32 annotators
label over HTTP with keep-alive connections, signed in as browsers are: each request submits eight boxes and
leases the next task.
Projects of all sizes lie in one database; rounds of the sizes alternate, three of each, and the median
is told. The last line is the cost at the largest size over that at the smallest.
CPU time is read from /proc for the web server's and PostgreSQL's processes; the clients' is not counted.
Milliseconds differ from machine to machine and from minute to minute, so a plain JSON answer of a bare Django view
(`plain.py`) is measured before each round, under the same server and crowd; each cost is told as a multiple of it, too.
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
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
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
    pids = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in path.read_bytes().replace(b"\0", b" "):
                pids.append(int(path.parent.name))
        except OSError:
            continue
    return pids


def children(pid: int) -> list[int]:
    """A process and all below it."""
    pids = [pid]
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if parent in pids:
            pids.append(int(path.parent.name))
    return pids


def people(annotators: int) -> tuple[list[object], list[str]]:
    """Members of one organization and a token for each."""
    from plateau.identity.authentication import actor_of_membership
    from plateau.identity.models import Membership, Organization, User
    from plateau.identity.services import create_token, role_by_key

    organization = Organization.objects.create(name="Load", slug="load")
    actors = []
    for number in range(annotators):
        user = User(email=f"a{number}@load.example", name=f"A{number}", password="!")
        user.save()
        role = role_by_key(organization_id=organization.pk, key="admin" if number == 0 else "annotator")
        member = Membership.objects.create(organization=organization, user=user, role=role)
        actors.append(actor_of_membership(member))
    tokens = [create_token(actor=actor, name="load", scopes=["labels.write", "projects.read"])[1] for actor in actors]
    return actors, tokens


def browsers(actors: list[object]) -> list[dict[str, str]]:
    """What the browsers of signed-in people send with each request."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.middleware.csrf import _get_new_csrf_string

    from plateau.identity.models import User
    from plateau.identity.sessions import SessionStore

    sessions = []
    for actor in actors:
        user, session, csrf = User.objects.get(pk=actor.user_id), SessionStore(), _get_new_csrf_string()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session.save()
        sessions.append({"Cookie": f"sessionid={session.session_key}; csrftoken={csrf}", "X-CSRFToken": csrf})
    return sessions


def seed(tasks: int, actor: object) -> int:
    """A project of `tasks` addresses."""
    from django.db import connection

    from annotation.labeling.services import sync_tasks
    from annotation.projects.services import create_project
    from labelkit.annotations import LabelIn, SchemaIn
    from plateau.datalake.models import Dataset

    dataset = Dataset.objects.create(organization_id=actor.organization_id, name=f"Load {tasks}")
    labels = SchemaIn(labels=[LabelIn(id="car", name="Car", color="#123456")])
    project = create_project(actor=actor, dataset=dataset, name=f"Load {tasks}", kind="boxes", schema=labels)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO datalake_item (dataset_id, uri, name, meta, created_at) "
            "SELECT %s, 'https://x.example/' || n || '.jpg', n || '.jpg', '{}', now() FROM generate_series(1, %s) n",
            [dataset.pk, tasks],
        )
        sync_tasks(dataset.pk)
        cursor.execute("ANALYZE labeling_task, datalake_item")
    return project.pk


class Annotator(threading.Thread):
    """Labels until its share is done; keeps what it was handed, to look for doubles."""

    def __init__(self, port: int, project: int, session: dict[str, str], share: int) -> None:
        super().__init__()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.project, self.session, self.share = project, session, share
        self.handed: list[int] = []
        self.seconds: list[float] = []

    def call(self, path: str, body: object) -> dict:
        head = {**self.session, "Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
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
            started = time.perf_counter()
            answer = self.call(f"tasks/{tasks[0]['id']}/annotations/?next=1", {"value": {"regions": boxes}})
            self.seconds.append(time.perf_counter() - started)
            tasks = answer["next_tasks"]


def measure(port: int, project: int, people: list[dict[str, str]], labels: int, web: int) -> dict[str, float]:
    """One round."""
    crowd = [Annotator(port, project, session, labels // len(people)) for session in people]
    server, database = children(web), processes("postgres")
    before = cpu_seconds(server), cpu_seconds(database)
    started = time.perf_counter()
    for annotator in crowd:
        annotator.start()
    for annotator in crowd:
        annotator.join()
    wall = time.perf_counter() - started
    database = sorted({*database, *processes("postgres")})
    answer_count = sum(len(annotator.seconds) for annotator in crowd)
    handed = Counter(task for annotator in crowd for task in annotator.handed)
    times = sorted(second for annotator in crowd for second in annotator.seconds)
    return {
        "annotators": len(people),
        "labels": answer_count,
        "labels_per_second": answer_count / wall,
        "server_ms": 1000 * (cpu_seconds(server) - before[0]) / answer_count,
        "database_ms": 1000 * (cpu_seconds(database) - before[1]) / answer_count,
        "p50_ms": 1000 * times[len(times) // 2],
        "p95_ms": 1000 * times[int(len(times) * 0.95)],
        "doubles": sum(number - 1 for number in handed.values()),
    }


class Reader(threading.Thread):
    """Asks for plain answers."""

    def __init__(self, port: int, share: int) -> None:
        super().__init__()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.share = share

    def run(self) -> None:
        for _ in range(self.share):
            self.connection.request("GET", "/")
            self.connection.getresponse().read()


def plain_ms(port: int, web: int, clients: int, requests: int = 2000) -> float:
    """CPU of a plain answer, asked by as many clients."""
    crowd = [Reader(port, requests // clients) for _ in range(clients)]
    before = cpu_seconds(children(web))
    for annotator in crowd:
        annotator.start()
    for annotator in crowd:
        annotator.join()
    return 1000 * (cpu_seconds(children(web)) - before) / (requests // clients * clients)


def rounds_of(
    servers: list[tuple[int, int]],
    projects: dict[int, int],
    everybody: list[dict[str, str]],
    crowds: list[int],
    labels: int,
) -> list:
    """Three rounds for each size and crowd, sizes alternating, each after a round of plain answers; the median."""
    (port, web), plain = servers
    rounds = []
    for crowd in crowds:
        runs: dict[int, list[dict[str, float]]] = {size: [] for size in projects}
        turns = 3 if len(projects) > 1 else 1
        for _ in range(turns):
            for size, project in projects.items():
                share = min(labels, size // (turns * len(crowds)))
                base = plain_ms(*plain, crowd)
                measurement = {"tasks": size, "plain_ms": base, **measure(port, project, everybody[:crowd], share, web)}
                runs[size].append(
                    measurement | {"plain_answers": (measurement["server_ms"] + measurement["database_ms"]) / base}
                )
        for several in runs.values():
            several.sort(key=lambda measurement: measurement["plain_answers"])
            rounds.append(
                several[len(several) // 2] | {"doubles": sum(measurement["doubles"] for measurement in several)}
            )
    return rounds


@contextmanager
def serving(application: str, port: int) -> Iterator[int]:
    """The web server, as the Procfile starts it; gives its pid."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "2"]
    command += ["--blocking-threads", "192", "--no-ws", "--log-level", "error", application]
    web = subprocess.Popen(command, cwd=ROOT)
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2)
                break
            except urllib.error.HTTPError:
                break  # it answers
            except OSError:
                time.sleep(0.2)
        yield web.pid
    finally:
        web.send_signal(signal.SIGTERM)
        web.wait()


def main() -> None:
    """Print a table and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="6000", help="tasks of each project, with commas")
    parser.add_argument("--crowds", default="1,8,32", help="annotators at once, with commas")
    parser.add_argument("--labels", type=int, default=1500, help="in each round")
    options = parser.parse_args()
    sizes, crowds = ([int(number) for number in text.split(",")] for text in (options.sizes, options.crowds))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    actors, _ = people(max(crowds))
    everybody = browsers(actors)
    projects = {size: seed(size, actors[0]) for size in sizes}
    warm = seed(1000, actors[0]) if 1000 not in projects else seed(1001, actors[0])
    port = int(os.environ["PORT"])
    plain = port + 1
    with (
        serving("config.wsgi:application", port) as web,
        serving("benchmarks.plain:application", plain) as plain_server,
    ):
        measure(port, warm, everybody[:8], 400, web)
        plain_ms(plain, plain_server, 8)
        rounds = rounds_of([(port, web), (plain, plain_server)], projects, everybody, crowds, options.labels)
    names = ["tasks", "annotators", "labels", "labels_per_second", "server_ms", "database_ms", "p50_ms", "p95_ms"]
    names += ["plain_ms", "plain_answers"]
    print(" ".join(f"{name:>17}" for name in [*names, "doubles"]))
    for measurement in rounds:
        print(" ".join(f"{measurement[name]:>17.2f}" for name in [*names, "doubles"]))
    if len(sizes) > 1:
        cost = {
            (measurement["tasks"], measurement["annotators"]): measurement["plain_answers"] for measurement in rounds
        }
        ratios = {crowd: round(cost[max(sizes), crowd] / cost[min(sizes), crowd], 3) for crowd in crowds}
        print(f"cost at {max(sizes)} tasks over cost at {min(sizes)}: {ratios}")
    print(json.dumps(rounds))


if __name__ == "__main__":
    main()
