"""The drill: saved by one command, brought back by one command, and everything is there to the byte."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from django.core.management import CommandError, call_command
from django.utils import timezone

from plateau.backups import backup, services
from plateau.backups.models import BackupKind, FinishedBackup
from plateau.backups.queries import last_backup_at
from tests.stack import ROOT, Stack
from tests.test_whole_way import Api, labeled_snapshot

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]
OPENED = """
import django; django.setup()
import sys, pathlib
from registry.model_versions.models import ModelVersion
from workers.runtime.model_loading import load_predictor
print(load_predictor(ModelVersion.objects.get(), pathlib.Path(sys.argv[1])).labels)
"""


def manage(stack: Stack, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=stack.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def files_of(stack: Stack) -> dict[str, str]:
    root = stack.home / "files"
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


def labels_of(stack: Stack, token: str, project: int) -> bytes:
    head = {"Authorization": f"Bearer {token}"}
    response = requests.get(f"{stack.url}/api/v1/projects/{project}/export/", headers=head, timeout=30)
    assert response.status_code == 200
    return response.content


def test_after_a_restore_labels_files_and_models_are_what_they_were(people, stack, elsewhere, tmp_path):
    token = people.token("admin")
    stack.web()
    stack.worker()
    api = Api(stack, token)
    project, snapshot = labeled_snapshot(api, 60)
    run = api.call("POST", f"projects/{project}/runs/", json={"snapshot_id": snapshot, "recipe": "image_probe"})
    assert api.ended(run["job"]["id"])["state"] == "done"
    labels = labels_of(stack, token, project)
    assert labels.count(b"\n") == 60

    saved = tmp_path / "backup"
    output = manage(stack, "backup", str(saved))
    assert "files" in output
    ended = last_backup_at()
    assert ended is not None
    assert abs((timezone.now() - ended).total_seconds()) < 300
    again = manage(stack, "backup", str(saved))  # a second time: nothing is copied that is there
    assert "files" in again
    assert last_backup_at() > ended

    output = manage(elsewhere, "restore", str(saved))
    assert " s" in output.splitlines()[-1]
    before, after = files_of(stack), files_of(elsewhere)
    assert after == before
    elsewhere.web()
    assert labels_of(elsewhere, token, project) == labels
    assert Api(elsewhere, token).call("GET", "audit-log/check/")["broken_at"] is None
    opened = subprocess.run(
        [sys.executable, "-c", OPENED, str(tmp_path / "cache")],
        cwd=ROOT, env=elsewhere.env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert opened.stdout.strip() == "['dark', 'light']"


@pytest.fixture
def saved(db, tmp_path, make_project):
    make_project(items=3)
    folder = tmp_path / "backup"
    (folder / "files" / "a").mkdir(parents=True)
    (folder / "database.dump").write_bytes(b"dump")
    (folder / "files" / "a" / "b").write_bytes(b"bytes")
    entry_of = lambda data: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}  # noqa: E731  # one line, used in this test alone
    manifest = {
        "format": 1, "at": "", "key": backup._key_fingerprint(), "rows": {}, "database": entry_of(b"dump"),
        "files": {"a/b": entry_of(b"bytes")},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_a_backup_that_failed_is_not_the_last_one(db, tmp_path, monkeypatch):
    assert last_backup_at() is None
    monkeypatch.setattr(backup, "_program", lambda name: "false")
    with pytest.raises(backup.BackupError, match="pg_dump failed"):
        backup.create_backup(tmp_path / "backup", quiet)
    assert last_backup_at() is None


def test_the_record_of_backups_does_not_grow_for_ever(db, monkeypatch):
    monkeypatch.setattr(services, "_ROWS_KEPT", 3)
    for size in range(5):
        services.record_backup(BackupKind.FULL, size=size)
    services.record_backup(BackupKind.BASE, size=9)
    full = FinishedBackup.objects.filter(kind=BackupKind.FULL)
    assert list(full.values_list("bytes", flat=True)) == [4, 3, 2]
    assert last_backup_at(BackupKind.BASE) is not None


def quiet(_: str) -> None:
    pass


def test_a_backup_that_was_not_finished_is_none(saved):
    (saved / "manifest.json").unlink()
    with pytest.raises(CommandError, match="not finished"):
        call_command("restore", saved)


@pytest.mark.parametrize(("name", "word"), [("files/a/b", "files/a/b was changed"), ("database.dump", "was changed")])
def test_a_changed_byte_is_found_before_anything_is_brought_back(saved, name, word):
    (saved / name).write_bytes(b"bytfs"[: (saved / name).stat().st_size])
    with pytest.raises(backup.BackupError, match=word):
        backup.restore_backup(saved, quiet)


def test_a_backup_of_another_key_is_refused(saved):
    manifest = json.loads((saved / "manifest.json").read_text())
    (saved / "manifest.json").write_text(json.dumps(manifest | {"key": "0" * 16}))
    with pytest.raises(backup.BackupError, match="SECRET_KEY"):
        backup.restore_backup(saved, quiet)


def test_nothing_is_restored_over_what_is_there(saved):
    with pytest.raises(backup.BackupError, match="not empty"):
        backup.restore_backup(saved, quiet)


def test_a_name_in_the_manifest_cannot_lead_out_of_the_folder(saved):
    manifest = json.loads((saved / "manifest.json").read_text())
    manifest["files"]["../../outside"] = manifest["files"]["a/b"]
    (saved / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(backup.BackupError, match="leads out"):
        backup.verify_backup(saved, quiet)


def test_the_makefile_has_one_command_each():
    text = (Path(ROOT) / "Makefile").read_text()
    assert "manage.py backup $(TO)" in text
    assert "manage.py restore $(FROM)" in text
