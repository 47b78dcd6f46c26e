"""An application that is left out of the settings leaves no trace; nothing else changes."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import pytest
from django.apps import apps
from django.conf import settings

from plateau.applications import Application, installed_applications
from tests.applications import EVERY, needs

ROOT = Path(__file__).resolve().parents[1]
# Of what an installation has by name of a module: where each application has some.
PLUGGED = {"demand": ("modules", "tasks", "demo"), "meshes": ("modules",)}
ACTS = ("add", "change", "delete", "view")


def routes_of(application: Application) -> dict[str, str]:
    """Name and route of each address."""
    patterns = import_module(f"{application.name}.urls").urlpatterns
    return {pattern.name: str(pattern.pattern) for pattern in patterns}


def addresses_of(application: Application) -> list[str]:
    """Each address, with numbers for its parameters."""
    return ["/api/v1/" + re.sub(r"<\w+:\w+>", "1", route) for route in routes_of(application).values()]


def models_of(application: Application) -> list[str]:
    return [f"{application.label}.{model._meta.model_name}" for model in application.get_models()]


def of_application(application: Application) -> dict[str, set[str]]:
    """Everything that it brings, by the names of `tests/installation.py`."""
    house = import_module(f"{application.name}.tests.house")
    scheduled = f"{application.name}.schedule"
    return {
        "apps": {application.name},
        "modules": {application.name},
        "applications": {application.key},
        "tables": {model._meta.db_table for model in application.get_models(include_auto_created=True)},
        "content types": set(models_of(application)),
        "permissions": {permission.replace(".", f".{act}_") for permission in models_of(application) for act in ACTS},
        "routes": set(routes_of(application)),
        "kinds": set(house.JOB_ORDERS),
        "beat": set(import_module(scheduled).BEAT_SCHEDULE) if find_spec(scheduled) else set(),
    }


def without(document: dict[str, Any], left_out: list[Application]) -> dict[str, Any]:
    """The OpenAPI document without the paths of applications, and without what is only theirs of the components."""
    gone = {
        re.sub(r"<\w+:(\w+)>", r"{\1}", route) for application in left_out for route in routes_of(application).values()
    }
    paths = {path: body for path, body in document["paths"].items() if path.removeprefix("/api/v1/") not in gone}
    assert len(paths) == len(document["paths"]) - len(gone)
    schemas, used, new = document["components"]["schemas"], set(), paths
    while names := set(re.findall(r"#/components/schemas/(\w+)", json.dumps(new))) - used:
        used |= names
        new = {name: schemas[name] for name in names}
    parts = document["components"] | {"schemas": {name: schema for name, schema in schemas.items() if name in used}}
    return document | {"paths": paths, "components": parts}


@pytest.fixture
def database() -> Iterator[str]:
    """The address of an empty one, on the server of the tests."""
    host, name = settings.DATABASES["default"]["HOST"], f"applications_{os.getpid()}_{time.time_ns()}"
    connection = psycopg2.connect(host=host, user="plateau", dbname="postgres")
    connection.autocommit = True
    connection.cursor().execute(f'CREATE DATABASE "{name}"')
    yield f"postgresql://plateau@{quote(host, safe='')}/{name}"
    connection.cursor().execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    connection.close()


def run(database: str, applications: list[str], *words: str) -> str:
    """What a process prints that has only these applications, and goes through."""
    env = os.environ | {
        "DATABASE_URL": database,
        "MLFLOW_AT_START": "0",
        "PLATEAU_APPLICATIONS": ",".join(applications),
    }
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def facts_of(database: str, *applications: str) -> dict[str, Any]:
    """Everything that an installation with these applications has, once every migration was run."""
    addresses = [address for application in installed_applications() for address in addresses_of(application)]
    printed = run(database, list(applications), "-m", "tests.installation", *addresses)
    facts: dict[str, Any] = json.loads(printed[printed.index("{") :])
    return facts


def has_all_of_it(facts: dict[str, Any], application: Application) -> None:
    """What is looked for below is there as long as the application is."""
    for kind, names in of_application(application).items():
        assert names <= set(facts[kind]), (application.key, kind)
    assert 200 in {facts["statuses"][address] for address in addresses_of(application)}
    for kind in PLUGGED[application.key]:
        assert any(name.startswith(f"{application.name}.") for name in facts[kind]), (application.key, kind)


def has_no_trace(facts: dict[str, Any], everything: dict[str, Any], left_out: tuple[str, ...]) -> None:
    """What was found is everything, less what is an application's own; nothing of its code is loaded."""
    gone = [application for application in installed_applications() if application.key in left_out]
    for application in gone:
        assert {facts["statuses"][address] for address in addresses_of(application)} == {404}
    assert facts["document"] == without(everything["document"], gone)
    lost = [of_application(application) for application in gone]
    for kind in set(facts) - {"document", "statuses"}:
        own = set().union(*(application.get(kind, set()) for application in lost))
        own |= {name for name in everything[kind] for application in gone if name.startswith(f"{application.name}.")}
        assert facts[kind] == [name for name in everything[kind] if name not in own], kind


@needs("demand", "meshes")
@pytest.mark.slow  # three databases from nothing
@pytest.mark.timeout(900)
def test_an_application_leaves_no_trace_where_it_never_was_and_where_it_was_taken_out(database):
    """Applications come one by one into an installation made from nothing, and go by the steps of deploy.md."""
    never = facts_of(database)
    without_demand = facts_of(database, "meshes")
    everything = facts_of(database, "demand", "meshes")
    for application in installed_applications():
        has_all_of_it(everything, application)
    has_no_trace(never, everything, ("demand", "meshes"))
    has_no_trace(without_demand, everything, ("demand",))
    for label, left in (("meshes", ["demand"]), ("demand", [])):
        run(database, ["demand", "meshes"], "manage.py", "migrate", label, "zero", "--verbosity", "0")
        run(database, left, "manage.py", "remove_stale_contenttypes", "--include-stale-apps", "--no-input")
        if left:
            has_no_trace(facts_of(database, *left), everything, ("meshes",))
    assert facts_of(database) == never


def settings_with(applications: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PLATEAU_APPLICATIONS": applications}
    code = "from config import settings as s; print(s.APPLICATIONS, [x for x in s.INSTALLED_APPS if '.app' in x])"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("setting", "read"),
    [("", []), (",", []), (" meshes , demand,meshes", ["meshes", "demand"]), ("demand", ["demand"])],
)
def test_spaces_and_repetitions_in_the_setting_do_no_harm(setting, read):
    printed = settings_with(setting).stdout.strip()
    assert printed == f"{read} {[f'workers.applications.{name}' for name in read]}"


@pytest.mark.parametrize(
    "setting", ["demnad", "demand,../demo", "workers.applications.demand", "demand;meshes", "Demand"]
)
def test_an_application_that_there_is_not_stops_every_process_and_is_named(setting):
    done = settings_with(setting)
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert f"PLATEAU_APPLICATIONS: there is no application {setting.split(',')[-1]}. Name any of demand, meshes" in last


def test_nothing_names_what_is_an_applications_own():
    """Imports are held by import-linter; a model, a table or a module that is named by a text is the same."""
    names = {"workers.applications." + name for name in EVERY}
    for application in installed_applications():
        for model in application.get_models():
            names |= {model._meta.db_table, f'"{model._meta.label}"', f'"{model._meta.label_lower}"'}
    folders = ("config", "platform", "annotation", "registry", "workers", "tests", "tools")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    own = [ROOT / "workers" / "applications", *(ROOT / "tests" / "browser" / f"test_{name}.py" for name in EVERY)]
    mentions = {
        path.relative_to(ROOT).as_posix()
        for path in files
        if path != Path(__file__) and not any(path.is_relative_to(folder) for folder in own)
        if any(name in path.read_text() for name in names)
    }
    assert mentions == set()


def test_every_folder_of_an_application_is_one_that_django_takes_for_it():
    for name in settings.APPLICATIONS:
        config = next(
            app_config for app_config in apps.get_app_configs() if app_config.name == f"workers.applications.{name}"
        )
        assert isinstance(config, Application), f"its config in apps.py must be a subclass of {Application.__name__}"
        assert config.key == name
