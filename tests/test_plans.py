"""No page reads a large table from end to end, however small the caller's part of it is."""

import re

import pytest
from django.db import connection
from django.test import Client

from benchmarks.scale import ROUTES, analyze, seed

# What grows with data and labels; the rest grows with people, projects and models.
LARGE = (
    "labeling_task", "labeling_annotation", "datalake_item", "datalake_asset", "quality_review", "audit_auditevent",
    "audit_dataaccess", "snapshots_snapshotentry",
)  # fmt: skip
# From end to end; or along the primary key, past everybody's rows, until there are enough of the caller's.
READ = re.compile(rf"(Seq Scan|Scan Backward using \w+_pkey) on ({'|'.join(LARGE)})\b")


def plans_of(client: Client, path: str) -> list[str]:
    """How the database would answer each statement of a page."""
    asked: list[tuple[str, object]] = []

    def note(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        response = client.get(f"/api/v1/{path}")
    assert response.status_code == 200, (path, response.content)
    plans = []
    with connection.cursor() as cursor:
        for sql, params in asked:
            if sql.lstrip().startswith(("SELECT", "WITH")):
                cursor.execute(f"EXPLAIN {sql}", params)
                plans.append(sql[:300] + "\n" + "\n".join(row[0] for row in cursor.fetchall()))
    return plans


@pytest.mark.django_db(transaction=True)
def test_pages_of_a_small_organization_beside_a_large_one_read_by_index():
    seed("large", 20_000, 2)
    side = seed("small", 1000, 2)
    analyze()
    client = Client(headers={"Authorization": f"Bearer {side['token']}"})
    wrong = {}
    for route in ROUTES:
        plans = plans_of(client, route.format(**side))
        assert plans, route
        if read := [plan for plan in plans if READ.search(plan)]:
            wrong[route] = read
    assert wrong == {}
