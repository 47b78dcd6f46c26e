"""A database that was made from the dump of the schema is one that went through every migration."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from django.conf import settings

from plateau.applications import installed_applications
from plateau.releases import schema_dump

ROOT = Path(__file__).resolve().parents[1]
CONTENTS = """
import json, sys, django
django.setup()
from django.core.management import call_command
from django.db import connection
from plateau.releases.schema_dump import dump_statements
call_command("migrate", verbosity=0, no_dump=sys.argv[1] == "no-dump")
with connection.cursor() as cursor:
    cursor.execute(
        "SELECT 'migration', app, name FROM django_migrations "
        "UNION ALL SELECT 'content type', app_label, model FROM django_content_type "
        "UNION ALL SELECT 'permission', app_label, codename FROM auth_permission p "
        "JOIN django_content_type t ON t.id = p.content_type_id ORDER BY 1, 2, 3"
    )
    rows = cursor.fetchall()
print(json.dumps([dump_statements(), rows]))
"""


@pytest.fixture
def new_databases() -> Iterator[list[str]]:
    """The addresses of two empty ones, on the server of the tests."""
    host = settings.DATABASES["default"]["HOST"]
    names = [f"schema_{number}_{os.getpid()}_{time.time_ns()}" for number in range(2)]
    connection = psycopg2.connect(host=host, user="plateau", dbname="postgres")
    connection.autocommit = True
    for name in names:
        connection.cursor().execute(f'CREATE DATABASE "{name}"')
    yield [f"postgresql://plateau@{quote(host, safe='')}/{name}" for name in names]
    for name in names:
        connection.cursor().execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    connection.close()


# `IN` of texts is stored as one cast of a list; dumped and read again, as a list of casts.
LIST = re.compile(r"\(ARRAY\[([^\]]*)\]\)::text\[\]|ARRAY\[([^\]]*)\]")


def with_plain_lists(statement: str) -> str:
    return LIST.sub(lambda match: str(re.findall("'[^']*'", match[0])), statement)


def contents_of(database: str, way: str, applications: list[str]) -> tuple[list[str], list[list[str]]]:
    """Statements that would make a database, and what Django wrote into it."""
    env = os.environ | {"DATABASE_URL": database, "PLATEAU_APPLICATIONS": ",".join(applications)}
    completed = subprocess.run(
        [sys.executable, "-c", CONTENTS, way], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stderr[-3000:]
    statements, rows = json.loads(completed.stdout.splitlines()[-1])
    return sorted(with_plain_lists(statement) for statement in statements), rows


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_dump_makes_what_every_migration_makes(new_databases):
    applications = [application.key for application in installed_applications()]
    statements, rows = contents_of(new_databases[0], "dump", applications)
    assert len(statements) > 500
    expected_statements, expected_rows = contents_of(new_databases[1], "no-dump", applications)
    assert sorted(set(statements) ^ set(expected_statements)) == []
    assert rows == expected_rows


def test_an_application_that_is_left_out_has_no_table_of_the_dump(new_databases):
    labels = tuple(f"{application.key}_" for application in installed_applications())
    dump = schema_dump.read_schema_dump()
    own = [statement for statement in dump.statements if any(label in statement for label in labels)]
    statements, rows = contents_of(new_databases[0], "dump", [])
    assert len(own) > 50
    assert not [statement for statement in statements if any(label in statement for label in labels)]
    assert not {app for _, app, _ in rows} & {application.key for application in installed_applications()}


@pytest.mark.django_db
def test_a_database_with_tables_is_left_alone():
    assert not schema_dump.load_schema_dump()
