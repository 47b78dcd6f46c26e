"""From the release before, with data, to this code and back; both side by side on one database."""

import io
import json
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from plateau.releases import releases
from tests.faults import work
from tests.faults.installation import ROOT, Installation, Person

BEFORE = releases.read(releases.known()[-1])
PEOPLE = """
import django; django.setup()
from plateau.identity.authentication import actor_of_membership
from plateau.identity.models import Membership, User
from plateau.identity.services import create_organization, mint_token, role_scopes
words = dict(admin_email="admin@ours.example", admin_name="A", password="correct horse battery")
admin = create_organization(name="Ours", **words)
people = {"admin": admin}
for role in ("annotator", "reviewer"):
    user = User.objects.create_user(role + "@ours.example", None, name=role)
    people[role] = Membership.objects.create(organization=admin.organization, user=user, role=role)
for role, one in people.items():
    scopes = [*role_scopes(role), "self"]
    print(role, mint_token(membership=one, name="x", scopes=scopes, expires_at=None, project_id=None)[1])
"""


@pytest.fixture(scope="module")
def older() -> Iterator[Path]:
    """The code of the release before."""
    known = subprocess.run(["git", "cat-file", "-e", BEFORE.commit], cwd=ROOT, capture_output=True, check=False)
    if known.returncode:
        pytest.skip(f"this checkout has no history back to {BEFORE.version}: git fetch --unshallow")
    with tempfile.TemporaryDirectory(prefix="plt-") as folder:
        made = subprocess.run(["git", "archive", BEFORE.commit], cwd=ROOT, capture_output=True, check=True)
        with tarfile.open(fileobj=io.BytesIO(made.stdout)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def labels(there: Installation) -> list[tuple]:
    return there.sql(
        "SELECT n.id, n.task_id, n.user_id, n.value::text, n.created_at::text FROM labeling_annotation n ORDER BY n.id"
    )


class Steady(threading.Thread):
    """Somebody who labels all the time, through whichever web service answers; what each answer was is kept."""

    def __init__(self, token: str, project: int, *doors: Installation) -> None:
        super().__init__(daemon=True)
        self.people = [Person(one, token) for one in doors]
        self.project, self.over = project, threading.Event()
        self.given: list[int] = []
        self.trouble: list[str] = []

    def run(self) -> None:
        turn = 0
        while not self.over.is_set():
            turn += 1
            person = self.people[turn % len(self.people)]
            try:
                task = person.patiently("POST", f"projects/{self.project}/queue/next/", 30, json={"count": 1})["tasks"]
                if not task:
                    return
                body = {"value": work.answer_of(task[0])}
                person.patiently("POST", f"tasks/{task[0]['id']}/annotations/", 30, json=body)
                self.given.append(task[0]["id"])
            except (AssertionError, requests.RequestException) as error:
                self.trouble.append(str(error)[:300])
                return
            time.sleep(0.5)


def test_an_upgrade_with_data_under_labeling_both_side_by_side_and_back(older):
    with tempfile.TemporaryDirectory(prefix="plt-") as folder:
        old = Installation(Path(folder), root=older)
        new = Installation(Path(folder))
        try:
            _upgrade(old, new)
        finally:
            new.stop()
            old.stop()


def _upgrade(old: Installation, new: Installation) -> None:
    old.postgres()
    old.broker()
    old.prepare()
    done = subprocess.run(
        [sys.executable, "-c", PEOPLE], cwd=old.root, env=old.words(), capture_output=True, text=True, check=True
    )
    tokens = dict(line.split() for line in done.stdout.splitlines() if " plt_" in line)
    old.web()
    old.worker("old-worker")
    old.start("beat", sys.executable, "-m", "celery", "-A", "plateau", "beat", "--schedule", str(old.home / "run/beat"))
    admin = Person(old, tokens["admin"])
    first = work.project(admin, 30)
    work.label_all(admin, first)
    snapshot = work.snapshot(admin, first)
    trained = admin.call("POST", f"projects/{first}/runs/", json={"snapshot_id": snapshot, "recipe": "image_logistic"})
    assert admin.ended(trained["job"]["id"])["state"] == "done"
    second = work.project(admin, 1500)
    at_first = labels(old)
    assert len(at_first) == 30

    # The schema moves while the old code works on it.
    people = [Steady(tokens["annotator"], second, old), Steady(tokens["admin"], second, old)]
    for one in people:
        one.start()
    new.manage("prepare")
    assert [one.trouble for one in people] == [[], []]

    # Two versions side by side: web services, and workers on the same queues.
    new.web()
    new.worker("new-worker")
    people.append(Steady(tokens["reviewer"], second, old, new))
    people[-1].start()
    newer = Person(new, tokens["admin"])
    jobs = [person.call("POST", f"projects/{first}/snapshots/")["job"]["id"] for person in (admin, newer)[:1]]
    for job in jobs:
        assert newer.ended(job)["state"] == "done"
    jobs = [
        person.call("POST", f"projects/{first}/runs/", json={"snapshot_id": snapshot, "recipe": recipe})["job"]["id"]
        for person, recipe in ((admin, "image_logistic"), (newer, "majority"), (admin, "image_logistic"))
    ]
    assert [newer.ended(job)["state"] for job in jobs] == ["done"] * 3
    time.sleep(3)
    for one in people:
        one.over.set()
    for one in people:
        one.join(timeout=40)
    assert [one.trouble for one in people] == [[], [], []]
    assert all(len(one.given) > 5 for one in people)
    twice = Counter(task for one in people for task in one.given)
    assert max(twice.values()) == 1, "a task was given to two people"
    after = labels(new)
    assert after[:30] == at_first
    assert sorted(row[1] for row in after[30:]) == sorted(twice)

    # The old code goes; the new one has everything.
    for name in ("web", "old-worker", "beat"):
        old.kill(name)
    models = newer.call("GET", "models/")["rows"]
    assert {one["name"] for one in models} >= {f"project-{first}-image_logistic"} or models
    dataset = newer.call("GET", f"projects/{first}/")["dataset_id"]
    assert newer.call("GET", f"datasets/{dataset}/")["items"] == 30
    work.snapshot(newer, second)
    events = new.sql("SELECT count(*) FROM audit_auditevent")[0][0]
    new.beat()
    new.until(lambda: new.sql("SELECT count(*) FROM audit_auditseal")[0][0] >= events, 60, "the seal of old events")

    # And back: the old code finds every label, the newest with them, and goes on.
    labeled = labels(new)
    for name in ("web", "new-worker", "beat"):
        new.kill(name)
    told = new.manage("go_back", BEFORE.version, check=False)
    assert told.returncode != 0
    assert "Nothing was changed" in told.stderr
    new.manage("go_back", BEFORE.version, "--yes")
    assert json.loads((old.root / "docs/openapi.json").read_text())["paths"].get("/api/v1/erasures/") is None
    old.web()
    old.worker("old-worker")
    assert labels(old) == labeled
    work.snapshot(admin, second)
    next_task = admin.call("POST", f"projects/{second}/queue/next/", json={"count": 1})["tasks"][0]
    admin.call("POST", f"tasks/{next_task['id']}/annotations/", json={"value": work.answer_of(next_task)})
    assert len(labels(old)) == len(labeled) + 1

    # Forward once more.
    old.kill("web")
    old.kill("old-worker")
    new.manage("prepare")
    new.web()
    assert new.get("/readyz") == 200
    assert len(labels(new)) == len(labeled) + 1
