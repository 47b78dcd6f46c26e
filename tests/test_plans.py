"""No page reads a large table from end to end, however small the caller's part of it is."""

import re

import pytest
from django.db import connection
from django.test import Client

from benchmarks.scale import ROUTES, analyze, seed

# What grows with data and labels; the rest grows with people, projects and models.
LARGE = (
    "labeling_task", "labeling_annotation", "datalake_item", "datalake_asset", "quality_review", "audit_auditevent",
    "audit_viewing", "snapshots_snapshotentry",
)  # fmt: skip


@pytest.fixture(scope="module")
def sides(django_db_setup, django_db_blocker):
    """A small organization beside one of twenty times as much."""
    with django_db_blocker.unblock():
        made = {"large": seed("large", 20_000, 2), "small": seed("small", 1000, 2)}
        analyze()
        yield made
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE identity_organization, identity_user CASCADE")


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES)
def test_a_page_reads_by_index(sides, route):
    side = sides["small"]
    asked: list[tuple[str, object]] = []

    def note(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        answer = Client(headers={"Authorization": f"Bearer {side['token']}"}).get(f"/api/v1/{route.format(**side)}")
        assert answer.status_code == 200, answer.content
    plans = []
    with connection.cursor() as cursor:
        for sql, params in asked:
            if sql.lstrip().startswith(("SELECT", "WITH")):
                cursor.execute(f"EXPLAIN {sql}", params)
                plans.append("\n".join(row[0] for row in cursor.fetchall()))
    assert plans
    read = [plan for plan in plans if re.search(rf"Seq Scan on ({'|'.join(LARGE)})\b", plan)]
    assert read == [], "\n\n".join(read)
