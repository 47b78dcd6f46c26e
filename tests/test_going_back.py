"""A database with the former labels of apps or of an earlier release, brought to the present schema and back."""

import pytest
from django.core.management import call_command
from django.db import connection

from plateau.releases.app_labels import FORMER_LABELS, restore_former_labels
from plateau.releases.releases import go_back, list_versions, load_release


def state_of_database() -> tuple[list[str], set[str], list[tuple[str, str]]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = cursor.fetchall()
        cursor.execute("SELECT app_label || '.' || model FROM django_content_type")
        content_types = {name for (name,) in cursor.fetchall()}
        return sorted(connection.introspection.table_names(cursor)), content_types, migrations


@pytest.mark.django_db
def test_tables_migrations_and_content_types_take_the_present_labels():
    before = state_of_database()
    restore_former_labels()
    tables, content_types, migrations = state_of_database()
    assert "versions_modelversion" in tables
    assert not [table for table in tables if table.startswith(tuple(f"{label}_" for label in FORMER_LABELS.values()))]
    assert {name.partition(".")[0] for name in content_types} >= FORMER_LABELS.keys() - {"serving"}  # it has no table
    assert not {name.partition(".")[0] for name in content_types} & set(FORMER_LABELS.values())
    assert ("budget", "0001_initial") in migrations
    call_command("migrate", verbosity=0)
    assert state_of_database() == before


@pytest.mark.django_db
def test_a_look_at_what_is_to_be_migrated_changes_nothing():
    restore_former_labels()
    former = state_of_database()
    call_command("migrate", "--plan", verbosity=0)
    assert state_of_database() == former


def columns_of_database() -> list[tuple[str, str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
            "WHERE table_schema = 'public' ORDER BY 1, 2"
        )
        return cursor.fetchall()


@pytest.mark.slow  # forty seconds of a core
@pytest.mark.timeout(600)
def test_a_database_goes_back_to_the_last_release_and_forward_again(make_project, answer_all, people):
    answer_all(people.actor("admin"), make_project())
    columns, release = columns_of_database(), load_release(list_versions()[-1])
    with connection.cursor() as cursor:
        # All in one transaction here, which waits while models are rendered.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # tables with checks yet to be made cannot be altered
    go_back(release)
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, max(name) FROM django_migrations GROUP BY app")
        heads = dict(cursor.fetchall())
    assert {app: name for app, name in heads.items() if app in release.migrations} == release.migrations
    assert columns_of_database() != columns
    call_command("migrate", verbosity=0)
    assert columns_of_database() == columns
