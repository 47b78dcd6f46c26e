"""The schema in one file, for empty databases: every migration in a row takes 20 s of CPU, the file less than one.

`manage.py dump_schema` writes it from a database that went all the way, with the newest migration of each app then.
What is newer runs as everywhere, so the file may be old; tests/test_schema_dump.py compares both ways.
"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from launcher.embedded import postgres_bin
from plateau.releases.releases import migration_heads

FILE = Path(__file__).parent / "schema.sql"
_SEPARATOR = "\n--\n"
_HEADER = re.compile(r"^--\n-- (?:Data for )?Name: .*\n--\n", re.MULTILINE)
# The schema itself, and sequences that nothing was drawn from.
_UNUSED = re.compile(r" SCHEMA public|setval\('\w+', 1, false\)|setval\('(django|auth_permission)_")
# Rows that Django itself makes of what is installed.
_TABLES_WITHOUT_ROWS = ("django_migrations", "django_content_type", "auth_permission")


class DumpFailed(Exception):
    """`pg_dump` did not go through, or migrations were not all applied before."""


@dataclass(frozen=True)
class SchemaDump:
    """Statements that make a schema, and the newest migration of every app in it."""

    heads: dict[str, str]
    statements: list[str]


def read_schema_dump() -> SchemaDump:
    """The dump of the repository."""
    first, *statements = FILE.read_text().split(_SEPARATOR)
    return SchemaDump(json.loads(first.removeprefix("-- ")), statements)


def load_schema_dump() -> bool:
    """Bring an empty database to the schema of the dump, without the tables of applications that are left out.

    Returns:
        False where nothing was done: the database has tables, or migrations of the dump are not in this code.
    """
    if connection.introspection.table_names():
        return False
    dump, loader = read_schema_dump(), MigrationLoader(connection)
    heads = {app: name for app, name in dump.heads.items() if app in loader.migrated_apps}
    if not heads.items() <= loader.graph.nodes.keys():
        return False
    left_out = re.compile("|".join(rf"\b{app}_" for app in sorted(dump.heads.keys() - heads)) or r"(?!)")
    migrations = {key for head in heads.items() for key in loader.graph.forwards_plan(head)}
    with transaction.atomic(), connection.cursor() as cursor:
        # Functions may name tables that come after them.
        cursor.execute("SET LOCAL check_function_bodies = off")
        cursor.execute("\n".join(statement for statement in dump.statements if not left_out.search(statement)))
        applied = MigrationRecorder(connection).migration_qs
        applied.bulk_create(applied.model(app=app, name=name) for app, name in sorted(migrations))
    return True


def write_schema_dump() -> None:
    """Write the schema of this database, which every migration has to be applied to.

    Raises:
        DumpFailed: one is not, or `pg_dump` fails.
    """
    heads = migration_heads()
    if missing := heads.items() - MigrationRecorder(connection).applied_migrations().keys():
        raise DumpFailed(f"{', '.join('.'.join(head) for head in sorted(missing))}: not applied. Migrate first.")
    FILE.write_text(_SEPARATOR.join([f"-- {json.dumps(heads)}", *dump_statements()]) + "\n")


def dump_statements() -> list[str]:
    """Statements that would make this database, in the order of `pg_dump`.

    Raises:
        DumpFailed: `pg_dump` fails.
    """
    try:
        program = str(postgres_bin() / "pg_dump")
    except RuntimeError:
        program = shutil.which("pg_dump") or "pg_dump"
    options = ["--schema=public", "--no-owner", "--no-privileges", "--column-inserts"]
    options += [f"--exclude-table-data={table}" for table in _TABLES_WITHOUT_ROWS]
    database = settings.DATABASES["default"]
    environment = os.environ | {
        variable: str(database[key])
        for variable, key in {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}.items()
        if database.get(key)
    }
    command = [program, *options, str(connection.settings_dict["NAME"])]
    completed = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if completed.returncode:
        raise DumpFailed(f"pg_dump failed: {completed.stderr.strip()[-2000:]}")
    _settings, *parts = _HEADER.split(completed.stdout)
    statements = [_without_schema(part) for part in parts]
    return [statement for statement in statements if statement and not _UNUSED.search(statement)]


def _without_schema(part: str) -> str:
    """A statement for whatever schema comes first in the search path, without settings, comments and psql's own."""
    lines = [line for line in part.splitlines() if line and not line.startswith(("SET ", "--", "\\"))]
    return re.sub(r"\bpublic\.", "", "\n".join(lines))
