"""From the release before, with data, to this code and back. The older code is stopped before the schema moves."""

import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from plateau.releases import releases
from tests.faults import earlier_release, work
from tests.faults.installation import ROOT, Installation, Person

BEFORE = releases.load_release(releases.list_versions()[-1])
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
for role, membership in people.items():
    scopes = [*role_scopes(role), "self"]
    print(role, mint_token(membership=membership, name="x", scopes=scopes, expires_at=None, project_id=None)[1])
"""


@pytest.fixture(scope="module")
def older() -> Iterator[Path]:
    """The code of the release before."""
    known = subprocess.run(["git", "cat-file", "-e", BEFORE.commit], cwd=ROOT, capture_output=True, check=False)
    if known.returncode:
        pytest.skip(f"this checkout has no history back to {BEFORE.version}: git fetch --unshallow")
    with tempfile.TemporaryDirectory(prefix="plt-") as folder:
        archived = subprocess.run(["git", "archive", BEFORE.commit], cwd=ROOT, capture_output=True, check=True)
        with tarfile.open(fileobj=io.BytesIO(archived.stdout)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def labels(installation: Installation) -> list[tuple]:
    return installation.sql(
        "SELECT n.id, n.task_id, n.user_id, n.value::text, n.created_at::text FROM labeling_annotation n ORDER BY n.id"
    )


class Annotator(threading.Thread):
    """Somebody who labels by the older release all the time; whatever was answered is kept."""

    def __init__(self, token: str, project: int, older: Installation) -> None:
        super().__init__(daemon=True)
        self.person, self.project = Person(older, token), project
        self.stopping = threading.Event()
        self.labeled: list[int] = []

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self.labeled += earlier_release.label_next(self.person, self.project)
            except (AssertionError, requests.RequestException):
                return  # the service was stopped
            time.sleep(0.2)


def row_counts(installation: Installation) -> dict[int, tuple[str, int]]:
    """Each table of ours by its identity in PostgreSQL, which stays when it is renamed: its name, and its rows.

    Not Django's own, nor its permissions, of which it makes four for each name that a model has had.
    """
    tables = installation.sql(
        "SELECT c.oid::bigint, relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind = 'r' AND relname NOT LIKE 'django%%' "
        "AND relname <> 'auth_permission'"
    )
    return {oid: (name, installation.sql(f'SELECT count(*) FROM "{name}"')[0][0]) for oid, name in tables}


def check_lists(installation: Installation, person: Person) -> None:
    """Read everything that has no number in its path, and everything of each project: stored values of all kinds."""
    paths = json.loads((ROOT / "docs/openapi.json").read_text())["paths"]
    projects = [project["id"] for project in person.call("GET", "projects/")["results"]]
    assert len(projects) > 1
    for path, operations in paths.items():
        numbers = re.findall(r"{(\w+)}", path)
        if "get" not in operations or numbers not in ([], ["project_id"]):
            continue
        for project in projects if numbers else [0]:
            address = path.removeprefix("/api/v1/").replace("{project_id}", str(project))
            parameters = operations["get"].get("parameters", [])
            if any(parameter["in"] == "query" and parameter.get("required") for parameter in parameters):
                continue
            response = person.ask("GET", address)
            assert response.status_code in (200, 204, 404), (address, response.status_code, response.text[:500])
    assert b"Traceback" not in (installation.home / "log" / "web.log").read_bytes()


def test_an_upgrade_with_data_and_back(older):
    with tempfile.TemporaryDirectory(prefix="plt-") as folder:
        old = Installation(Path(folder), root=older)
        new = Installation(Path(folder))
        try:
            _upgrade(old, new)
        finally:
            new.stop()
            old.stop()


def _start(installation: Installation) -> None:
    installation.web()
    installation.worker()
    installation.beat()


def _kill(installation: Installation) -> None:
    for name in ("web", "worker", "beat"):
        installation.kill(name)


def _upgrade(old: Installation, new: Installation) -> None:
    old.postgres()
    old.broker()
    old.prepare()
    done = subprocess.run(
        [sys.executable, "-c", PEOPLE], cwd=old.root, env=old.words(), capture_output=True, text=True, check=True
    )
    tokens = dict(line.split() for line in done.stdout.splitlines() if " plt_" in line)
    _start(old)
    # The demo has something of everything: curves, contracts, applications.
    old.manage("seed_demo")
    admin = Person(old, tokens["admin"])
    first = earlier_release.create_project(admin, 30)
    while earlier_release.label_next(admin, first):
        pass
    snapshot = earlier_release.create_snapshot(admin, first)
    earlier_release.train(admin, first, snapshot)
    second = earlier_release.create_project(admin, 1500)
    old.until(
        lambda: old.sql("SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running')") == [(0,)], 600, "the demo"
    )

    # It is stopped while people label.
    people = [Annotator(tokens[role], second, old) for role in ("annotator", "admin", "reviewer")]
    for person in people:
        person.start()
    time.sleep(5)
    _kill(old)
    for person in people:
        person.stopping.set()
        person.join(timeout=60)
    labeled, counts = labels(old), row_counts(old)
    by_hand = {task for person in people for task in person.labeled}
    assert len(by_hand) > 5
    assert by_hand <= {row[1] for row in labeled}
    assert sum(rows for _, rows in counts.values()) > 10_000

    # The schema moves; everything is there, under its present name.
    new.manage("prepare")
    assert labels(new) == labeled
    after = row_counts(new)
    changed = {
        name: (rows, after.get(oid)) for oid, (name, rows) in counts.items() if after.get(oid, ("", -1))[1] != rows
    }
    assert changed == {}
    _start(new)
    newer = Person(new, tokens["admin"])
    demo = new.manage("create_token", "--email", "admin@demo.example").stdout.split()[-1]
    check_lists(new, Person(new, demo))
    # What was trained before can be read, served to, and trained again; what was labeled can be frozen.
    assert newer.call("GET", f"model-versions/?project_id={first}")["results"]
    work.snapshot(newer, second)
    retrained = newer.call(
        "POST", f"projects/{first}/runs/", json={"snapshot_id": snapshot, "recipe": earlier_release.RECIPE}
    )
    assert newer.ended(retrained["job"]["id"])["state"] == "done"
    events = new.sql("SELECT count(*) FROM audit_auditevent")[0][0]
    new.until(lambda: new.sql("SELECT count(*) FROM audit_auditseal")[0][0] >= events, 60, "the seal of old events")

    # And back: the old code finds every label, the newest with them, and goes on.
    labeled = labels(new)
    _kill(new)
    refused = new.manage("go_back", BEFORE.version, check=False)
    assert refused.returncode != 0
    assert "Nothing was changed" in refused.stderr
    new.manage("go_back", BEFORE.version, "--yes")
    _start(old)
    assert labels(old) == labeled
    earlier_release.create_snapshot(admin, second)
    assert len(earlier_release.label_next(admin, second)) == 1
    assert len(labels(old)) == len(labeled) + 1

    # Forward once more.
    _kill(old)
    new.manage("prepare")
    _start(new)
    assert new.get("/readyz") == 200
    assert len(labels(new)) == len(labeled) + 1
