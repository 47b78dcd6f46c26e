"""Every list of the API's document: one envelope, pages in both directions, each order, each filter."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.api_document import OPENAPI
from tests.applications import of_applications
from tests.growing import GrowingOrganization
from tests.test_query_counts import QUERY, forms_of, is_served

pytestmark = pytest.mark.django_db

ENVELOPE = {"results", "next", "previous", "count"}
PAGING = {"cursor", "limit", "ordering", "search"}
SAMPLES = {"integer": 1, "number": 0.5, "boolean": "true", "date-time": "2026-03-01T00:00:00Z", "date": "2026-03-01"}
WRONG = {"integer": ("0x1", "1.5", "", "-1"), "boolean": ("1", "yes", "True", ""), "date-time": ("1", "yesterday", "")}


def paged() -> dict[str, dict[str, dict[str, Any]]]:
    """Path of every list, and its parameters: name to schema."""
    parameters_by_path = {}
    for path, methods in OPENAPI["paths"].items():
        parameters = {parameter["name"]: parameter["schema"] for parameter in query_of(methods)}
        if "cursor" in parameters and is_served(path.removeprefix("/api/v1/")):
            parameters_by_path[path.removeprefix("/api/v1/")] = parameters
    return parameters_by_path


def query_of(methods: dict[str, Any]) -> list[dict[str, Any]]:
    return [parameter for parameter in methods.get("get", {}).get("parameters", []) if parameter["in"] == "query"]


LISTS = paged()


def answered_lists() -> Iterator[tuple[str, dict[str, Any]]]:
    """Path and schema of whatever a GET answers with that has a list of rows of its own."""
    for path, methods in OPENAPI["paths"].items():
        content = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get("application/json")
        for form in forms_of(content["schema"]) if content else ():
            properties = form.get("properties") or {"any": {}}
            if len(
                [property_schema for property_schema in properties.values() if property_schema.get("type") == "array"]
            ) == len(properties):
                yield path, form
            if any(properties.get(name, {}).get("type") == "array" for name in ("results", "rows")):
                yield path, form


def test_every_list_has_the_envelope():
    assert len(LISTS) > 40
    # Results of an evaluation, parts of a collection and signers of each party are parts of what they stand in.
    parts = {
        "/api/v1/evaluations/{evaluation_id}/item-results/",
        "/api/v1/mesh-collections/{collection_id}/",
        "/api/v1/projects/{project_id}/contract-signers/",
    }
    others = {path for path, form in answered_lists() if not set(form.get("properties", {})) >= ENVELOPE}
    assert others - parts <= {"/api/v1/demand/areas/{area_id}/"} | set(QUERY), others
    for path, parameters in LISTS.items():
        assert set(parameters) >= PAGING - {"search"}, path
    unsearchable = {path for path, parameters in LISTS.items() if "search" not in parameters}
    numbers_alone = {"demand/areas/{area_id}/forecasts/", "demand/areas/{area_id}/cells/{cell}/"}
    assert unsearchable <= numbers_alone


def sample_of(schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    return SAMPLES.get(schema.get("format", ""), SAMPLES.get(schema.get("type", ""), "a"))


def wrong_for(schema: dict[str, Any]) -> tuple[str, ...]:
    if "enum" in schema:
        return ("lost", "")
    return WRONG.get(schema.get("format", ""), WRONG.get(schema.get("type", ""), ("%00", "")))


def walk(client: Client, address: str, way: str, page: dict[str, Any]) -> list[dict[str, Any]]:
    """A page and those after (`next`) or before (`previous`) it."""
    pages = [page]
    while pages[-1][way] is not None:
        pages.append(client.get(f"{address}&cursor={pages[-1][way]}").json())
        assert len(pages) < 100, address
    return pages


def rows_of(pages: Iterable[dict[str, Any]]) -> list[Any]:
    return [row for page in pages for row in page["results"]]


@pytest.fixture
def grown(people, make_project, mlflow_tables) -> tuple[Client, dict[str, Any]]:
    growing = GrowingOrganization(people, make_project)
    growing.grow(2)
    return people.client("admin"), growing.ids()


def test_pages_of_every_order_meet_in_both_directions(grown):
    client, ids = grown
    compared = 0
    for path, parameters in LISTS.items():
        query = QUERY.get(path, "").replace("?", "&")
        for ordering in parameters["ordering"]["enum"]:
            address = f"/api/v1/{path}?ordering={ordering}{query}".format(**ids)
            cache.clear()
            whole = client.get(f"{address}&limit=200").json()
            assert set(whole) >= ENVELOPE, (address, whole)
            if path in ("audit-log/", "audit-log/accesses/by-user/", "audit-log/accesses/"):
                continue  # the log grows with the requests of this test
            # Three pages: one with neighbors on both sides between two that end the list.
            address += f"&limit={max(1, math.ceil(len(whole['results']) / 3))}"
            after = walk(client, address, "next", client.get(address).json())
            assert rows_of(after) == whole["results"], address
            assert after[0]["previous"] is None
            if len(after) == 1:
                continue
            compared += 1
            before = walk(client, address, "previous", after[-1])
            assert rows_of(reversed(before)) == whole["results"], address
    assert compared > 60


def test_every_filter_takes_what_it_says_and_nothing_else(grown):
    client, ids = grown
    for path, parameters in LISTS.items():
        address = f"/api/v1/{path}".format(**ids)
        for name, schema in parameters.items():
            if name != "cursor":
                response = client.get(address, {name: sample_of(schema)})
                assert response.status_code == 200, (address, name, response.content)
            for text in wrong_for(schema):
                response = client.get(f"{address}?{name}={text}")
                assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter"), (
                    address,
                    name,
                    text,
                )
                assert response.json()["errors"][0]["field"] == name
        response = client.get(f"{address}?{'limit'}=1&limit=2")
        assert response.status_code == 400, address


def test_search_finds_each_word_whatever_its_case(people, make_project):
    make_project(name="Red Apples")
    client = people.client("manager")
    for text, number in (("apples RED", 1), ("red pears", 0), ("ppl", 1)):
        assert len(client.get("/api/v1/projects/", {"search": text}).json()["results"]) == number, text


def test_an_unknown_parameter_is_refused_by_name_on_every_route(people, their_rows):
    their_rows.make_all()
    client = people.client("admin", "theirs")
    for path, methods in OPENAPI["paths"].items():
        known = path.removeprefix("/api/v1/")
        if not is_served(known) or known.startswith(("schema/", "session/")):
            continue
        for method in methods:
            if method in ("get", "post", "put", "patch", "delete"):
                address = f"{path.format_map(their_rows)}?no_such_thing=1"
                response = getattr(client, method)(address, {}, content_type="application/json")
                assert response.status_code == 400, (method, address, response.content)
                assert response.json()["code"] == "unknown_parameter", (method, address)
                assert response.json()["errors"][0]["field"] == "no_such_thing"


def test_a_cursor_of_another_list_or_order_is_refused(people, make_project):
    for number in range(3):
        make_project(name=f"P{number}", items=1)
    client = people.client("manager")
    cursor = client.get("/api/v1/projects/?limit=1").json()["next"]
    for query in (
        f"ordering=name&cursor={cursor}",
        "cursor=bm9uZQ",
        "cursor=WyItaWQiLGZhbHNlLG51bGwsInQiXQ",
        "cursor=*",
    ):
        response = client.get(f"/api/v1/projects/?{query}")
        assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "cursor"), query


def test_applications_have_lists_too():
    assert all(any(path.startswith(("demand/", "mesh-")) for path in LISTS) for _ in of_applications())
