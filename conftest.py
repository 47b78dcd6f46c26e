"""Fixtures for every test: two organizations, one person of each role in both, and projects to label."""

import os
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client
from whitenoise.base import WhiteNoise

CROSSING = Path(__file__).parent / "tests"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs an event loop in this thread


def pytest_configure() -> None:
    """Each parallel runner has databases of its own, in the broker too: none may take another's jobs.

    `TEST_TEMPLATE` names a database that has every table already, to be copied.
    """
    from django.conf import settings

    from config.celery import app

    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    settings.REDIS_URL = f"{settings.REDIS_URL}?db={number}"
    if template := os.environ.get("TEST_TEMPLATE"):
        settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = template
    app.conf.broker_url = settings.REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
    DatabaseOperations.sql_flush = _sql_flush
    WhiteNoise.update_files_dictionary = _update_files_dictionary


_FILES_BY_FOLDER: dict[tuple[str, str], dict[str, Any]] = {}
_read_folder = WhiteNoise.update_files_dictionary


def _update_files_dictionary(whitenoise: WhiteNoise, root: str, prefix: str) -> None:
    """Read a folder once: each client of a test begins with middleware of its own, and the front end 1,000 files."""
    if (root, prefix) not in _FILES_BY_FOLDER:
        others, whitenoise.files = whitenoise.files, {}
        _read_folder(whitenoise, root, prefix)
        _FILES_BY_FOLDER[root, prefix], whitenoise.files = whitenoise.files, others
    whitenoise.files.update(_FILES_BY_FOLDER[root, prefix])


def _sql_flush(operations: DatabaseOperations, style: Any, tables: list[str], **options: Any) -> list[str]:
    """Empty the tables row by row: a test has few rows, and truncating makes a thousand new files each time."""
    rows = (f"DELETE FROM {operations.quote_name(table)}" for table in tables)  # noqa: S608  # names of models
    # Neither foreign keys nor triggers of append-only tables are in the way of a replica.
    return ["SET session_replication_role = replica", *rows, "SET session_replication_role = DEFAULT"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may take longest begins first, so that no runner is left with it at the end.

    Tracing doubles the time of a test. Counted is what an app's own tests reach; not traced are those that cross apps,
    and property tests, whose hundreds of examples go through the same lines.
    """
    items.sort(key=_seconds_allowed, reverse=True)
    for item in items:
        is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if is_property:
            item.add_marker("properties")
        if is_property or item.path.is_relative_to(CROSSING):
            item.add_marker("no_cover")


def _seconds_allowed(item: pytest.Item) -> float:
    limit = item.get_closest_marker("timeout")
    processes = item.get_closest_marker("processes") or item.get_closest_marker("browser")
    return float(limit.args[0]) if limit else float(bool(processes))


@pytest.fixture(scope="session")
def stack_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of all real processes of this runner, emptied for each test that starts some."""
    return tmp_path_factory.mktemp("stack") / "home"


@pytest.fixture(autouse=True)
def _own_place(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> None:
    """Files and cache of one test touch no other's."""
    home = request.getfixturevalue("stack_home") if "stack" in request.fixturenames else tmp_path
    settings.PLATEAU_HOME = home
    storage = dict(settings.STORAGES)
    storage["default"] = {
        "BACKEND": "plateau.storage.guarded.GuardedFolder",
        "OPTIONS": {"location": str(home / "files"), "base_url": None},
    }
    settings.STORAGES = storage
    settings.STORAGE_URL = f"file://{home / 'files'}"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid.uuid4().hex}
    }
    if handlers := sys.modules.get("mlflow.server.handlers"):  # loaded once, with the files of the test that did it
        _use_own_artifacts(handlers)


def _use_own_artifacts(handlers: Any) -> None:
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    from registry.mlflow_store.artifacts import guarded
    from registry.mlflow_store.server import artifact_destination

    handlers._artifact_repo = guarded(get_artifact_repository(artifact_destination()))


@pytest.fixture(autouse=True)
def _quick_passwords(request: pytest.FixtureRequest, settings: Any) -> None:
    """Hash passwords in one round: the real hash takes a third of a second on purpose, and half of a sign-in test.

    `test_passwords` has the real one. Web processes read these hashes too, since the rounds stand in them.
    """
    if not request.node.get_closest_marker("slow_passwords"):
        settings.PASSWORD_HASHERS = ["plateau.identity.tests.factories.QuickHasher"]


@pytest.fixture(autouse=True)
def _built_in_roles(request: pytest.FixtureRequest) -> None:
    """What a migration made, again: a test with real transactions empties every table at its end."""
    if not {"db", "transactional_db"} & set(request.fixturenames) and not request.node.get_closest_marker("django_db"):
        return
    request.getfixturevalue("_django_db_helper")
    from plateau.identity.tests.factories import restore_built_in_roles

    restore_built_in_roles()


class Organizations:
    """`ours` and `theirs`, each with a member of every role."""

    def __init__(self) -> None:
        from plateau.identity.models import Membership, Organization, Role, User
        from plateau.identity.tests.factories import MembershipFactory, OrganizationFactory, UserFactory

        self.organizations: dict[str, Organization] = {
            name: OrganizationFactory(name=name, slug=name) for name in ("ours", "theirs")
        }
        # By two inserts: most tests begin with these people.
        members = [
            MembershipFactory.build(
                organization=organization,
                user=UserFactory.build(email=f"{role.key}@{name}.example", name=role.key.title()),
                role=role,
            )
            for name, organization in self.organizations.items()
            for role in Role.objects.filter(organization=None)
        ]
        User.objects.bulk_create(member.user for member in members)
        Membership.objects.bulk_create(members)
        self.members: dict[tuple[str, str], Membership] = {
            (member.organization.name, member.role.key): member for member in members
        }

    def actor(self, role: str = "admin", organization: str = "ours") -> Any:
        from plateau.identity.authentication import actor_of_membership

        return actor_of_membership(self.members[organization, role])

    def signers(self, project: Any) -> dict[str, list[int]]:
        """Who signs a contract of a project of ours, given by row or number, whose members they become."""
        from annotation.projects.models import Project

        row = Project.objects.get(pk=project) if isinstance(project, int) else project
        for role in ("customer", "manager", "scientist"):
            self.assign(row, role)
        return {
            f"{party}_ids": [self.members["ours", role].user_id for role in roles]
            for party, roles in (("customer", ["customer"]), ("maker", ["manager", "scientist", "admin"]))
        }

    def token(self, role: str = "admin", organization: str = "ours", scopes: list[str] | None = None) -> str:
        from plateau.identity.services import create_token

        actor = replace(self.actor(role, organization), second_factor=True)
        return create_token(actor=actor, name="test", scopes=scopes or sorted(actor.scopes))[1]

    def client(self, role: str = "admin", organization: str = "ours") -> Client:
        """A test client that sends a bearer token and JSON."""
        return Client(headers={"Authorization": f"Bearer {self.token(role, organization)}"})

    def assign(self, project: Any, role: str = "customer", organization: str = "ours") -> None:
        """Make a member of the project of somebody; a customer sees none without."""
        from annotation.labeling.memberships import assign

        assign(project=project, user_ids=[self.members[organization, role].user_id])


@pytest.fixture
def people(db: None) -> Organizations:
    """Members of two organizations."""
    return Organizations()


@pytest.fixture
def make_project(people: Organizations) -> Callable[..., Any]:
    """Make a project of the organization `ours` or `theirs` with `items` pictures, ready to be labeled."""

    def make(
        items: int = 4, kind: str = "classification", organization: str = "ours", name: str = "Fruit", side: int = 32
    ) -> Any:
        from annotation.labeling.tests.factories import ProjectWithTasksFactory

        return ProjectWithTasksFactory(
            organization=people.organizations[organization],
            created_by=people.members[organization, "admin"].user,
            dataset__name=f"{name} pictures",
            name=name,
            kind=kind,
            items=items,
            items__side=side,
        )

    return make


@pytest.fixture
def answer_all() -> Callable[..., None]:
    """Answer every open task; the label follows from the item's number."""

    def answer(actor: Any, project: Any, limit: int = 10_000) -> None:
        from annotation.labeling import queue

        done = 0
        while done < limit and (tasks := queue.lease_next_tasks(actor=actor, project_id=project.pk, count=1).tasks):
            for task in tasks:
                label = "apple" if int(task["item"]["name"].split(".")[0]) % 2 == 0 else "pear"
                queue.submit_annotation(actor=actor, task_id=task["id"], value={"label": label}, client_id=uuid.uuid4())
                done += 1

    return answer


@pytest.fixture(scope="session")
def mlflow_tables(django_db_setup: None, django_db_blocker: Any) -> None:
    """MLflow's schema in the test database."""
    from registry.mlflow_store.server import upgrade

    with django_db_blocker.unblock():
        upgrade()
