"""Queries of each page: a list must not ask more for more rows, whichever list of the API it is."""

import json
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.growing import Growing

pytestmark = pytest.mark.django_db

DESCRIBED = json.loads((Path(__file__).resolve().parents[1] / "docs" / "openapi.json").read_text())
NAMES_OF_ROWS = ("rows", "events")
# What is asked for beside the path, so that there is something to show.
QUERY = {
    "areas/{area_id}/day/": "?day=2026-03-01",
    "models/compare/": "?a={a}&b={b}",
    "projects/{project_id}/tasks/": "?state=open",
}
# Lists that do not grow with what people do, and why.
FIXED = {
    "recipes/": "the catalogue of recipes",
    "projects/{project_id}/formats/": "the formats that there are",
    "versions/{version_id}/exports/": "one of each variant",
}


def schema_of(one: dict) -> dict:
    while "$ref" in one:
        one = DESCRIBED["components"]["schemas"][one["$ref"].rsplit("/", 1)[-1]]
    return one


def lists() -> dict[str, str]:
    """Path of every list in the document, and what its rows are called in the answer."""
    found = {}
    for path, methods in DESCRIBED["paths"].items():
        for code, answer in methods.get("get", {}).get("responses", {}).items():
            content = answer.get("content", {}).get("application/json") if code == "200" else None
            properties = schema_of(content["schema"]).get("properties", {}) if content else {}
            for name in NAMES_OF_ROWS:
                if name in properties and schema_of(properties[name]).get("type") == "array":
                    found[path.removeprefix("/api/v1/")] = name
    return found


LISTS = lists()


def queries_of(client: Client, address: str) -> tuple[int, dict]:
    """How many statements it takes with nothing in the cache, and the answer."""
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == 200, (address, answer.content)
    asked = [one["sql"] for one in queries if "SAVEPOINT" not in one["sql"]]
    return len(asked), answer.json()


def address_of(path: str, ids: dict[str, int | str]) -> str:
    query = QUERY.get(path, "")
    return (path + query + ("" if "limit" in query else ("&" if query else "?") + "limit=200")).format(**ids)


def test_the_lists_of_the_document_are_found():
    assert len(LISTS) > 40
    assert {"portfolio/", "projects/", "jobs/stuck/", "tasks/{task_id}/history/"} <= set(LISTS)
    assert set(FIXED) | set(QUERY) <= set(LISTS)


def test_no_list_asks_more_for_more_rows(people, make_project, mlflow_tables):
    """Each list of the document, with rows, at two sizes: a new one is measured because it is in the document."""
    grown = Growing(people, make_project)
    client = people.client("admin")
    client.get("/api/v1/me/")  # the first call notes the token's use
    seen = []
    for _ in range(2):
        grown.grow(2)
        sizes = {}
        for path, name in LISTS.items():
            number, answer = queries_of(client, address_of(path, grown.ids()))
            sizes[path] = (number, len(answer[name]))
        seen.append(sizes)
    small, large = seen
    assert [path for path in LISTS if small[path][1] < 2] == []
    still = [path for path in LISTS if path not in FIXED and large[path][1] < small[path][1] + 2]
    assert still == []
    more = {path: (small[path], large[path]) for path in LISTS if small[path][0] != large[path][0]}
    assert more == {}, "path: (queries, rows) at both sizes"


def test_the_hot_path_is_three_statements(people, make_project):
    project, client = make_project(items=4), people.client("annotator")
    head = {"content_type": "application/json"}
    answer = {"value": {"label": "apple"}}
    task = client.post(f"/api/v1/projects/{project.pk}/queue/next/", {}, **head).json()["tasks"][0]["id"]
    task = client.post(f"/api/v1/tasks/{task}/annotations/?next=1", answer, **head).json()["next"][0]["id"]
    with CaptureQueriesContext(connection) as queries:
        found = client.post(f"/api/v1/tasks/{task}/annotations/?next=1", answer, **head).json()
    words = [one["sql"].split("(")[0].strip() for one in queries if "SAVEPOINT" not in one["sql"]]
    assert words == ["EXECUTE token_by_digest", "EXECUTE queue_lock", "EXECUTE queue_answer_and_next"]
    assert len(found["next"]) == 1
