"""Migrations that were interrupted, and a schema that is behind."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from launcher import embedded
from tests.faults import work
from tests.faults.installation import ROOT, Installation


@pytest.fixture
def new_installation() -> Iterator[Installation]:
    """An installation whose database has no table yet."""
    with tempfile.TemporaryDirectory(prefix="plt-") as folder:
        installation = Installation(Path(folder))
        try:
            installation.postgres()
            installation.broker()
            embedded.create_database(installation.home / "run", "plateau")
            yield installation
        finally:
            installation.stop()


@pytest.mark.parametrize("command", [["prepare"], ["migrate", "--no-dump"]])
@pytest.mark.parametrize("after", [2.0, 4.0, 7.0])
def test_a_migration_killed_in_its_middle_goes_through_the_next_time(new_installation, patience, after, command):
    """-9 at several moments of the first way, short or long, of an empty database."""
    first = new_installation.start("prepare", sys.executable, "manage.py", *command)
    time.sleep(after)
    first.send_signal(signal.SIGKILL)
    first.wait()
    begun = time.monotonic()
    new_installation.manage("prepare")
    assert time.monotonic() - begun < patience
    new_installation.web()
    assert new_installation.get("/readyz") == 200
    assert new_installation.sql("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]


def test_an_index_whose_building_was_interrupted_is_built_again(new_installation):
    new_installation.manage("migrate", "datalake", "0006_item_count")
    new_installation.sql("CREATE INDEX item_newest ON datalake_item (dataset_id)")
    new_installation.sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'item_newest'::regclass")
    new_installation.manage("prepare")
    assert new_installation.sql("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]
    (definition,) = new_installation.sql("SELECT indexdef FROM pg_indexes WHERE indexname = 'item_newest'")[0]
    assert "id DESC" in definition


def test_two_hosts_prepare_at_once(installation):
    installation.postgres()
    installation.broker()
    command = [sys.executable, "manage.py", "prepare"]
    both = [subprocess.Popen(command, cwd=ROOT, env=installation.words(), stderr=subprocess.PIPE) for _ in range(2)]
    assert [process.wait(timeout=120) for process in both] == [0, 0]


def test_mlflows_schema_behind_is_said_and_mended_by_prepare(installation, person, patience):
    """As after an upgrade of MLflow whose `prepare` did not run: its newest migration is undone."""
    installation.postgres()
    installation.broker()
    installation.worker()
    (newest,) = installation.sql("SELECT version_num FROM mlflow.alembic_version")[0]
    undo = (
        "from registry.mlflow_store.server import store_uri, configure; configure()\n"
        "from alembic import command; from mlflow.store.db.utils import _get_alembic_config\n"
        "from sqlalchemy import create_engine\n"
        "engine = create_engine(store_uri())\n"
        "with engine.begin() as connection:\n"
        "    config = _get_alembic_config(store_uri()); config.attributes['connection'] = connection\n"
        "    command.downgrade(config, '-1')"
    )
    undone = installation.manage("shell", "-c", undo, check=False)
    if undone.returncode:  # MLflow gives no way back from this one
        installation.sql("UPDATE mlflow.alembic_version SET version_num = 'behind'")
    installation.web()
    admin = person()
    work.project(admin, 4)  # what does not need MLflow goes on
    search = f"{installation.url}/mlflow/api/2.0/mlflow/experiments/search"
    head = {"Authorization": person("scientist").http.headers["Authorization"]}
    refused = requests.post(search, json={"max_results": 1}, headers=head, timeout=60)
    assert refused.status_code == 503, refused.text
    assert "prepare" in refused.json()["message"]
    readiness = requests.get(f"{installation.url}/readyz", timeout=10)
    assert (readiness.status_code, "prepare" in readiness.json()["checks"]["mlflow"]) == (503, True)
    if undone.returncode:
        installation.sql("UPDATE mlflow.alembic_version SET version_num = %s", newest)
    installation.manage("prepare")
    installation.until(lambda: installation.get("/readyz") == 200, patience, "readiness")
    search_response = requests.post(search, json={"max_results": 1}, headers=head, timeout=60)
    assert search_response.status_code == 200, search_response.text
