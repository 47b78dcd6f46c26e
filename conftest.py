"""Fixtures for every test: two organizations, one person of each role in both, and pictures to label."""

import io
import os
import uuid
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from PIL import Image

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


def queued_job(actor: Any, kind: str = "test", queue: str = "cpu", project_id: int | None = None, **more: Any) -> Any:
    """The row of a job as it waits, where a test needs no more than that."""
    from plateau.jobs.models import Job

    return Job.objects.create(
        organization_id=actor.organization_id, created_by_id=actor.user_id, kind=kind, queue=queue,
        project_id=project_id, **more,
    )  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may take longest begins first, so that no runner is left with it at the end."""
    items.sort(key=_seconds_allowed, reverse=True)


def _seconds_allowed(item: pytest.Item) -> float:
    limit = item.get_closest_marker("timeout")
    processes = item.get_closest_marker("processes") or item.get_closest_marker("browser")
    return float(limit.args[0]) if limit else float(bool(processes))


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, settings: Any) -> None:
    """Files and cache of one test touch no other's."""
    settings.PLATEAU_HOME = tmp_path
    storage = dict(settings.STORAGES)
    storage["default"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "files"), "base_url": None},
    }
    settings.STORAGES = storage
    settings.STORAGE_URL = f"file://{tmp_path / 'files'}"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid.uuid4().hex}
    }


@lru_cache(maxsize=1)
def _password() -> str:
    """Everybody's password, hashed once: the hash is slow on purpose."""
    from django.contrib.auth.hashers import make_password

    return make_password("correct horse battery")


@pytest.fixture(autouse=True)
def _built_in_roles(request: pytest.FixtureRequest) -> None:
    """What a migration made, again: a test with real transactions empties every table at its end."""
    if not {"db", "transactional_db"} & set(request.fixturenames) and not request.node.get_closest_marker("django_db"):
        return
    request.getfixturevalue("_django_db_helper")
    from django.apps import apps

    from plateau.identity.models import Role

    if not Role.objects.exists():
        import_module("plateau.identity.migrations.0010_built_in_roles").create_roles(apps, None)


def built_in_role(key: str) -> Any:
    """A role that comes with the product."""
    from plateau.identity.models import Role

    return Role.objects.get(organization=None, key=key)


class Organizations:
    """`ours` and `theirs`, each with a member of every role."""

    def __init__(self) -> None:
        from plateau.identity.models import Membership, Organization, Role, User

        self.members: dict[tuple[str, str], Membership] = {}
        for name in ("ours", "theirs"):
            organization = Organization.objects.create(name=name, slug=name)
            for role in Role.objects.filter(organization=None):
                user = User.objects.create(
                    email=f"{role.key}@{name}.example", name=role.key.title(), password=_password()
                )
                self.members[name, role.key] = Membership.objects.create(
                    organization=organization, user=user, role=role
                )

    def actor(self, role: str = "admin", organization: str = "ours") -> Any:
        from plateau.identity.authentication import actor_of_membership

        return actor_of_membership(self.members[organization, role])

    def token(self, role: str = "admin", organization: str = "ours", scopes: list[str] | None = None) -> str:
        from plateau.identity.services import create_token

        actor = self.actor(role, organization)
        return create_token(actor=actor, name="test", scopes=scopes or sorted(actor.scopes))[1]

    def client(self, role: str = "admin", organization: str = "ours") -> Client:
        """A test client that sends a bearer token and JSON."""
        return Client(headers={"Authorization": f"Bearer {self.token(role, organization)}"})


@pytest.fixture
def people(db: None) -> Organizations:
    """Members of two organizations."""
    return Organizations()


def png(seed: int, *, side: int = 32, shade: int = 0) -> bytes:
    """A picture of its own for each seed; `shade` moves all its colours a little."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 240, (side, side, 3)).astype("int16") + shade
    out = io.BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype("uint8")).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def make_project(people: Organizations) -> Callable[..., Any]:
    """A project with `items` pictures, ready to be labeled."""

    def make(
        items: int = 4, kind: str = "classification", organization: str = "ours", name: str = "Fruit", side: int = 32
    ) -> Any:
        from annotation.labeling.services import sync_tasks
        from annotation.projects.services import create_project
        from labelkit.annotations import LabelIn, SchemaIn
        from plateau.datalake.services import add_items, create_dataset, save_asset
        from plateau.datalake.sources import Entry

        actor = people.actor("admin", organization)
        dataset = create_dataset(actor=actor, name=f"{name} pictures")
        rows = [
            (Entry(f"{index}.png"), save_asset(organization_id=actor.organization_id, data=png(index, side=side)))
            for index in range(items)
        ]
        add_items(dataset_id=dataset.pk, rows=rows)
        schema = SchemaIn(
            labels=[
                LabelIn(id="apple", name="Apple", color="#b91c1c", key="1"),
                LabelIn(id="pear", name="Pear", color="#15803d", key="2"),
            ]
        )
        project = create_project(actor=actor, dataset=dataset, name=name, kind=kind, schema=schema)
        sync_tasks(dataset.pk)
        return project

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
