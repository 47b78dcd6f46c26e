"""Backups encrypted to a key: nothing readable in the folder, and no other key or content restores anything."""

import json
import subprocess
import sys
from pathlib import Path

import psycopg2
import pyrage
import pytest

from plateau.backups import age_encryption
from plateau.backups.models import FinishedBackup
from tests.stack import ROOT
from tests.test_backup import files_of, manage

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]
MARK = b"plain words of a file " * 5000


@pytest.fixture
def key(tmp_path):
    identity = pyrage.x25519.Identity.generate()
    path = tmp_path / "identity.txt"
    path.write_text(f"# public key: {identity.to_public()}\n{identity}\n")
    return path, str(identity.to_public())


@pytest.fixture
def encrypted(people, stack, key, tmp_path):
    path = stack.home / "files" / "assets" / "1" / "ab" / "abcdef"
    path.parent.mkdir(parents=True)
    path.write_bytes(MARK)
    folder = tmp_path / "backup"
    manage(stack, "backup", str(folder), "--encrypt-to", key[1])
    return folder


def tables(installation) -> int:
    connection = psycopg2.connect(installation.env["DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        count = cursor.fetchone()[0]
    connection.close()
    return count


def refused(installation, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=installation.env, capture_output=True, text=True,
        check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert tables(installation) == 0
    assert not files_of(installation)
    return done.stderr


def test_an_encrypted_backup_comes_back_to_the_byte_and_is_unreadable_without_its_key(
    people,
    stack,
    elsewhere,
    encrypted,
    key,
):
    stored = [path for path in encrypted.rglob("*") if path.is_file()]
    assert {path.suffix for path in stored} == {".age", ".json"}
    for path in stored:
        content = path.read_bytes()
        assert b"plain words" not in content
        assert b"abcdef" not in str(path.relative_to(encrypted)).encode() + content
        assert b"PGDMP" not in content  # as a dump begins
    assert FinishedBackup.objects.get().encrypted
    assert "not opened" in manage(stack, "backup", str(encrypted), "--check")
    assert "not opened" not in manage(stack, "backup", str(encrypted), "--check", "--identity", str(key[0]))

    times = {path: path.stat().st_mtime_ns for path in stored if path.parent.parent.name == "files"}
    assert times
    manage(stack, "backup", str(encrypted), "--encrypt-to", key[1])  # adds without a private key
    assert {path: path.stat().st_mtime_ns for path in times} == times

    manage(elsewhere, "restore", str(encrypted), "--identity", str(key[0]))
    assert files_of(elsewhere) == files_of(stack)
    connection = psycopg2.connect(elsewhere.env["DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM identity_user")
        assert cursor.fetchone()[0] > 0
    connection.close()


def test_a_wrong_key_or_a_changed_byte_restores_nothing(elsewhere, encrypted, key, tmp_path):
    assert "give its private key" in refused(elsewhere, "restore", str(encrypted))
    other = tmp_path / "other.txt"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    assert "does not open it" in refused(elsewhere, "restore", str(encrypted), "--identity", str(other))
    other.write_text("no key")
    assert "no private key of age" in refused(elsewhere, "restore", str(encrypted), "--identity", str(other))

    right = ["restore", str(encrypted), "--identity", str(key[0])]
    for path in list(encrypted.rglob("*.age")):
        content = path.read_bytes()
        for at in (len(content) // 2, len(content) - 1):
            path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
            assert "was changed" in refused(elsewhere, *right)
        path.write_bytes(content)


def test_a_file_exchanged_with_its_hash_is_refused(elsewhere, encrypted, key):
    """Whoever writes to the folder knows the public key, and can compute hashes and an index; not our code."""
    recipients = age_encryption.parse_recipients([key[1]])
    path = encrypted / "manifest.json.age"
    from io import BytesIO

    plain = BytesIO()
    age_encryption.open_into(path, plain, age_encryption.parse_identities(key[0].read_text()))
    forged = age_encryption.store(BytesIO(plain.getvalue().replace(b'"at": "2', b'"at": "3')), path, recipients)
    index = json.loads((encrypted / "index.json").read_text())
    index["manifest"] |= {"bytes": forged.bytes, "sha256": forged.sha256}
    (encrypted / "index.json").write_text(json.dumps(index))
    error = refused(elsewhere, "restore", str(encrypted), "--identity", str(key[0]))
    assert "not written by this installation" in error


def test_encrypted_and_plain_backups_do_not_share_a_folder(stack, encrypted, tmp_path, key):
    with pytest.raises(AssertionError, match="holds an encrypted backup"):
        manage(stack, "backup", str(encrypted))
    plain = tmp_path / "plain"
    manage(stack, "backup", str(plain))
    with pytest.raises(AssertionError, match="holds an unencrypted backup"):
        manage(stack, "backup", str(plain), "--encrypt-to", key[1])
    with pytest.raises(AssertionError, match="no public key of age"):
        manage(stack, "backup", str(tmp_path / "third"), "--encrypt-to", "age1nonsense")


@pytest.mark.skipif(not Path("/usr/bin/age").exists(), reason="Debian's package age is not installed")
def test_age_itself_opens_the_dump(encrypted, key):
    done = subprocess.run(
        ["/usr/bin/age", "--decrypt", "-i", str(key[0]), str(encrypted / "database.dump.age")],
        capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith(b"PGDMP")
