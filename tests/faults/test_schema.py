"""Migrations that were interrupted, and a schema that is behind."""

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import requests

from launcher import embedded
from tests.faults import work
from tests.faults.installation import ROOT, Installation


@pytest.mark.parametrize("after", [2.0, 4.0, 7.0])
def test_a_migration_killed_in_its_middle_goes_through_the_next_time(template, patience, after):
    """-9 at several moments of the first `prepare` of an empty database."""
    with tempfile.TemporaryDirectory(prefix="plt-") as folder:
        there = Installation(Path(folder))
        try:
            there.postgres()
            there.broker()
            embedded.create_database(there.home / "run", "plateau")
            first = there.start("prepare", sys.executable, "manage.py", "prepare")
            time.sleep(after)
            first.send_signal(signal.SIGKILL)
            first.wait()
            begun = time.monotonic()
            there.manage("prepare")
            assert time.monotonic() - begun < patience
            there.web()
            assert there.get("/readyz") == 200
            assert there.sql("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]
        finally:
            there.stop()


def test_an_index_whose_building_was_interrupted_is_built_again(there):
    there.postgres()
    there.broker()
    # The newest of its app: no later migration stands on it.
    there.sql("DELETE FROM django_migrations WHERE app = 'datalake' AND name = '0007_item_newest'")
    there.sql("DROP INDEX item_newest")
    there.sql("CREATE INDEX item_newest ON datalake_item (dataset_id)")
    there.sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'item_newest'::regclass")
    there.manage("prepare")
    assert there.sql("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]
    (definition,) = there.sql("SELECT indexdef FROM pg_indexes WHERE indexname = 'item_newest'")[0]
    assert "id DESC" in definition


def test_two_hosts_prepare_at_once(there):
    there.postgres()
    there.broker()
    command = [sys.executable, "manage.py", "prepare"]
    both = [subprocess.Popen(command, cwd=ROOT, env=there.words(), stderr=subprocess.PIPE) for _ in range(2)]
    assert [one.wait(timeout=120) for one in both] == [0, 0]


def test_mlflows_schema_behind_is_said_and_mended_by_prepare(there, person, patience):
    """As after an upgrade of MLflow whose `prepare` did not run: its newest migration is undone."""
    there.postgres()
    there.broker()
    there.worker()
    (newest,) = there.sql("SELECT version_num FROM mlflow.alembic_version")[0]
    undo = (
        "from registry.mlflow_store.server import store_uri, configure; configure()\n"
        "from alembic import command; from mlflow.store.db.utils import _get_alembic_config\n"
        "from sqlalchemy import create_engine\n"
        "engine = create_engine(store_uri())\n"
        "with engine.begin() as connection:\n"
        "    config = _get_alembic_config(store_uri()); config.attributes['connection'] = connection\n"
        "    command.downgrade(config, '-1')"
    )
    undone = there.manage("shell", "-c", undo, check=False)
    if undone.returncode:  # MLflow gives no way back from this one
        there.sql("UPDATE mlflow.alembic_version SET version_num = 'behind'")
    there.web()
    admin = person()
    work.project(admin, 4)  # what does not need MLflow goes on
    search = f"{there.url}/mlflow/api/2.0/mlflow/experiments/search"
    head = {"Authorization": person("scientist").http.headers["Authorization"]}
    refused = requests.post(search, json={"max_results": 1}, headers=head, timeout=60)
    assert refused.status_code == 503, refused.text
    assert "prepare" in refused.json()["message"]
    told = requests.get(f"{there.url}/readyz", timeout=10)
    assert (told.status_code, "prepare" in told.json()["checks"]["mlflow"]) == (503, True)
    if undone.returncode:
        there.sql("UPDATE mlflow.alembic_version SET version_num = %s", newest)
    there.manage("prepare")
    there.until(lambda: there.get("/readyz") == 200, patience, "readiness")
    found = requests.post(search, json={"max_results": 1}, headers=head, timeout=60)
    assert found.status_code == 200, found.text
