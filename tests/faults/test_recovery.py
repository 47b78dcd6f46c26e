"""Point-in-time recovery, drilled: damaged, brought back to the second before, compared row by row."""

import hashlib
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest

from plateau.backups.wal_archive import base_backups
from tests.faults import work
from tests.faults.installation import ROOT, Installation


@pytest.fixture(params=["plain", "encrypted"])
def archived(request, installation, tmp_path):
    """An installation that archives its WAL; the folder, and words by which its recovery is asked for."""
    archive = tmp_path / "archive"
    installation.env["WAL_ARCHIVE"] = str(archive)
    words: list[str] = []
    if request.param == "encrypted":
        identity = pyrage.x25519.Identity.generate()
        (tmp_path / "identity").write_text(str(identity))
        installation.env["BACKUP_RECIPIENTS"] = str(identity.to_public())
        words = ["--identity", str(tmp_path / "identity")]
    return archive, words


def dumped(installation: Installation) -> dict[str, tuple[int, str]]:
    """(rows, hash of all rows) of every table, but for those that the running processes write by themselves."""
    tables = installation.sql("SELECT schemaname || '.' || relname FROM pg_stat_user_tables ORDER BY 1")
    contents = {}
    for (table,) in tables:
        rows = sorted(row[0] for row in installation.sql(f"SELECT t::text FROM {table} t"))
        contents[table] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return contents


def recover(installation: Installation, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "plateau.backups.recover", *words], cwd=ROOT, env=installation.words(),
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def stopped(installation: Installation) -> None:
    installation.stop()
    installation.processes.clear()


def test_the_database_comes_back_as_it_was_a_moment_before_the_damage(installation, person, archived):
    _, key = archived
    installation.postgres()
    installation.broker()
    installation.web()
    installation.worker()
    admin, annotator = person(), person("annotator")
    first = work.project(admin, 6)
    assert work.label_all(annotator, first) == 6
    assert "done in" in installation.manage("base_backup").stdout
    second = work.project(admin, 8)
    assert work.label_all(annotator, second) == 8
    installation.kill("worker")
    before = dumped(installation)
    time.sleep(1.1)
    moment = datetime.now(UTC)
    time.sleep(1.1)
    installation.sql("TRUNCATE labeling_annotation CASCADE")  # the damage, and work that goes on after it
    installation.sql("UPDATE projects_project SET name = 'damaged ' || id")
    refused = recover(installation, "--to", moment.isoformat(), *key)
    assert refused.returncode == 1
    assert "stop Plateau first" in refused.stderr
    installation.kill("postgres")  # what was not archived yet is in its own folder
    stopped(installation)

    done = recover(installation, "--to", moment.isoformat(), *key)
    assert done.returncode == 0, done.stderr
    installation.postgres()
    assert dumped(installation) == before
    assert list(installation.home.glob("postgres.before-*"))
    installation.broker()
    installation.manage("prepare")
    assert "0 missing" in installation.manage("check_files", "--hashes").stdout
    installation.web()
    installation.worker()
    assert admin.call("GET", f"projects/{second}/")["name"].startswith("Shades")
    third = work.project(admin, 4)  # it goes on: saves, jobs, and its archive on a timeline of its own
    assert work.label_all(annotator, third) == 4
    installation.manage("base_backup")
    installation.kill("worker")
    later = dumped(installation)
    time.sleep(1.1)
    moment = datetime.now(UTC)
    time.sleep(1.1)
    installation.sql("UPDATE projects_project SET name = 'damaged again ' || id")
    stopped(installation)
    done = recover(installation, "--to", moment.isoformat(), *key)
    assert done.returncode == 0, done.stderr
    installation.postgres()
    assert dumped(installation) == later


def test_what_cannot_be_recovered_is_refused_and_leaves_what_is_there(installation, archived):
    archive, key = archived
    installation.postgres()
    refused = installation.manage("base_backup", "--keep", "0", check=False)
    assert "at least one" in refused.stderr
    early = datetime.now(UTC)
    installation.manage("base_backup")
    before = dumped(installation)
    stopped(installation)
    for moment, reason in (
        (early, "no base backup from before"),
        (datetime.now(UTC) + timedelta(hours=1), "does not lead to that time"),
    ):
        refused = recover(installation, "--to", moment.isoformat(), *key)
        assert refused.returncode == 1
        assert reason in refused.stderr
    assert "time zone" in recover(installation, "--to", "2026-01-01T00:00:00").stderr
    base = base_backups(archive)[-1]
    content = base.path.read_bytes()
    base.path.write_bytes(content[:1000] + bytes([content[1000] ^ 1]) + content[1001:])
    assert "was changed" in recover(installation, *key).stderr
    base.path.write_bytes(content)
    if key:
        assert "give its private key" in recover(installation).stderr
        other = Path(key[1]).with_name("other")
        other.write_text(str(pyrage.x25519.Identity.generate()))
        assert "does not open it" in recover(installation, "--identity", str(other)).stderr
    assert not list(installation.home.glob("postgres.*"))
    installation.postgres()
    assert dumped(installation) == before


def test_the_archive_does_not_grow_for_ever(installation, archived):
    archive, key = archived
    installation.postgres()
    counts = []
    for _ in range(4):
        for _ in range(3):
            installation.sql("CREATE TABLE IF NOT EXISTS filler (n int)")
            installation.sql("INSERT INTO filler SELECT generate_series(1, 1000)")
            installation.sql("SELECT pg_switch_wal()")
        installation.manage("base_backup", "--keep", "2")
        counts.append(len([path for path in (archive / "wal").iterdir() if ".gz" in path.name]))
    assert len(base_backups(archive)) == 2
    assert counts[3] <= counts[2] <= 12
    before = dumped(installation)
    stopped(installation)
    done = recover(installation, *key)
    assert done.returncode == 0, done.stderr
    installation.postgres()
    rows = dumped(installation)
    assert rows["public.filler"] == before["public.filler"]


def test_without_the_setting_nothing_is_archived(installation):
    installation.postgres()
    assert installation.sql("SHOW archive_mode") == [("off",)]
    assert "WAL_ARCHIVE is not set" in installation.manage("base_backup", check=False).stderr
