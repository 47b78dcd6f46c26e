"""Saves under injected faults: lost answers and doubled ones, which must both be none.

    python -m launcher.temporary python benchmarks/save_faults.py [--saves 10000]

Eight clients label over HTTP through a door that misbehaves as networks and servers do: a request that never
arrives, an answer that is lost on its way back, the same request twice and at once, late and out of order, an
expired lease, and the web server killed with -9 every few hundred saves. Each client keeps an answer until the
server has said that it has it, with the same key, as the browser's journal does. In the end every answer that a
client gave must be in the database once, with the value that was given.
"""

import argparse
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from labeling_load import ROOT, people, seed

FAULTS = (
    "none",
    "none",
    "none",
    "lost request",
    "lost answer",
    "twice",
    "twice at once",
    "out of order",
    "lease expired",
)


class Door:
    """The web server, killed and started again from time to time."""

    def __init__(self, port: int) -> None:
        self.port, self.killed, self.process = port, 0, None
        self.lock = threading.Lock()
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(self.port), "--workers", "1"]
        command += ["--blocking-threads", "192", "--no-ws", "--log-level", "critical", "config.wsgi:application"]
        self.process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        with self.lock:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.killed += 1
            self.start()

    def close(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


class Client(threading.Thread):
    """Gives answers until its share is given; never gives one up."""

    def __init__(self, number: int, door: Door, project: int, token: str, share: int) -> None:
        super().__init__()
        self.door, self.project, self.token, self.share = door, project, token, share
        self.dice = random.Random(number)
        self.submitted: dict[int, tuple[str, str]] = {}
        self.faults: Counter[str] = Counter()
        self.refused = 0

    def call(self, path: str, body: object, key: str = "") -> dict | None:
        """The answer, or None where none came."""
        head = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        head |= {"Idempotency-Key": key} if key else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.door.port, timeout=10)
        try:
            connection.request("POST", f"/api/v1/{path}", json.dumps(body), head)
            answer = connection.getresponse()
            data = json.loads(answer.read() or b"{}")
            if answer.status >= 500:
                return None
            return {"status": answer.status, **data}
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            return None
        finally:
            connection.close()

    def until_answered(self, path: str, body: object, key: str = "") -> dict:
        while True:
            response = self.call(path, body, key)
            if response is not None:
                return response
            time.sleep(0.05)

    def run(self) -> None:
        late: list[tuple[int, dict, str]] = []
        while len(self.submitted) < self.share:
            tasks = self.until_answered(f"projects/{self.project}/queue/next/", {"count": 1})["tasks"]
            if not tasks:
                return
            self.save_one(tasks[0]["id"], late)
        for task, body, key in late:
            self.send(task, body, key)

    def save_one(self, task: int, late: list) -> None:
        key, mark = str(uuid.uuid4()), f"m{self.dice.randrange(10**9)}"
        box = {"id": mark, "label": "car", "x": 1, "y": 2, "w": 3, "h": 4}
        body = {"value": {"regions": [box]}, "parent_annotation_id": 0}
        fault = self.dice.choice(FAULTS)
        self.faults[fault] += 1
        path = f"tasks/{task}/annotations/"
        self.submitted[task] = (key, mark)
        if fault == "lost answer":
            self.call(path, body, key)  # written, but the client never hears of it
        elif fault == "twice at once":
            twin = threading.Thread(target=self.call, args=(path, body, key))
            twin.start()
            self.send(task, body, key)
            twin.join()
            return
        elif fault == "twice":
            self.send(task, body, key)
        elif fault == "out of order":
            late.append((task, body, key))
            if len(late) > 5:
                self.dice.shuffle(late)
                for other_task, other_body, other_key in late:
                    self.send(other_task, other_body, other_key)
                late.clear()
            return
        elif fault == "lease expired":
            from django.db import connection

            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE labeling_lease SET expires_at = now() - interval '1 second' WHERE task_id = %s", [task]
                )
        self.send(task, body, key)

    def send(self, task: int, body: dict, key: str) -> None:
        response = self.until_answered(f"tasks/{task}/annotations/", body, key)
        if response["status"] == 409:  # somebody else had it after the lease ran out: shown to the person, kept here
            self.refused += 1
            self.submitted.pop(task, None)


def main() -> None:
    """Print the count of faults, of answers lost and of answers doubled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--saves", type=int, default=10_000)
    parser.add_argument("--kill-every", type=float, default=4.0, help="seconds")
    options = parser.parse_args()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    actors, tokens = people(8)
    project = seed(options.saves + 2000, actors[0])
    door = Door(int(os.environ["PORT"]))
    crowd = [Client(n, door, project, token, options.saves // 8) for n, token in enumerate(tokens)]
    started = time.perf_counter()
    for annotator in crowd:
        annotator.start()
    while any(annotator.is_alive() for annotator in crowd):
        time.sleep(options.kill_every)
        door.kill()
    door.close()
    from annotation.labeling.models import Annotation

    rows = Annotation.objects.filter(project_id=project).values_list("task_id", "client_id", "value")
    stored: dict[int, list[tuple[str, str]]] = {}
    for task, client, value in rows:
        stored.setdefault(task, []).append((str(client), value["regions"][0]["id"]))
    submitted = {task: annotation for annotator in crowd for task, annotation in annotator.submitted.items()}
    lost = [task for task, annotation in submitted.items() if annotation not in stored.get(task, [])]
    doubled = [task for task, several in stored.items() if len(several) > 1]
    faults = sum((annotator.faults for annotator in crowd), Counter())
    print("faults:", dict(faults), "server killed:", door.killed, "times in", round(time.perf_counter() - started), "s")
    print("shown to the person as a conflict:", sum(annotator.refused for annotator in crowd))
    print(f"{len(submitted)} answers given: {len(lost)} lost, {len(doubled)} doubled")
    sys.exit(1 if lost or doubled else 0)


if __name__ == "__main__":
    main()
