"""Queries of each page: a list must not ask more for more rows, whichever list of the API it is."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from config.pages import no_such_route
from plateau.identity.models import Organization
from plateau.quotas.requests import _current_limits
from tests.api_document import OPENAPI
from tests.applications import of_applications
from tests.growing import GrowingOrganization

pytestmark = pytest.mark.django_db

# What is asked for beside the path, so that there is something to show.
QUERY = {
    "model-versions/compare/": "?a={a}&b={b}",
    "projects/{project_id}/tasks/": "?state=open",
    "tasks/{task_id}/difference/": "?first={task_annotation_id}&second={task_annotation_id}",
}
# Names of what may be asked for behind each path.
PARAMETERS = {
    path.removeprefix("/api/v1/"): {
        parameter["name"] for parameter in methods.get("get", {}).get("parameters", []) if parameter["in"] == "query"
    }
    for path, methods in OPENAPI["paths"].items()
}
PLAIN_TYPES = ("string", "number", "integer", "boolean", "null")
LABELS = "one for each label of the project"
# Lists that do not grow with what people do, and why. They are asked for all the same.
FIXED = {
    "contracts/{contract_id}/ signatures": "one for each of two parties",
    "contracts/{contract_id}/ signers": "named when it is drawn up",
    "contracts/{contract_id}/ terms.slices": "written into the terms",
    "deployments/{name}/ drift": "of confidence, brightness and contrast",
    "jobs/{job_id}/ log": "kept in the job's own row",
    "model-versions/compare/ evaluation_a.per_class": LABELS,
    "model-versions/compare/ evaluation_b.per_class": LABELS,
    "model-versions/compare/ metrics": "the metrics that there are",
    "notifications/settings/ kinds": "the kinds that there are",
    "model-versions/compare/ per_class": LABELS,
    "projects/{project_id}/ attributes": "the project's settings",
    "projects/{project_id}/ labels": LABELS,
    "projects/{project_id}/agreement/ confusions": LABELS,
    "projects/{project_id}/agreement/ guidelines": "a version of the guidelines",
    "projects/{project_id}/agreement/ labels": LABELS,
    "projects/{project_id}/agreement/ pairs": "two people",
    "projects/{project_id}/agreement/ people": "people who answer the same tasks",
    "projects/{project_id}/contract-signers/ customers": "who may sign, read by one statement",
    "projects/{project_id}/contract-signers/ makers": "who may sign, read by one statement",
    "projects/{project_id}/formats/ results": "the formats that there are",
    "projects/{project_id}/overview/ days": "four weeks",
    "me/ organizations": "those that the person belongs to",
    "metrics/ results": "the catalog of metrics",
    "project-types/ results": "the catalog of project types",
    "recipes/ results": "the catalog of recipes",
    "roles/ results": "the roles that there are",
    "samples/ results": "the data sets that come along",
    "webhooks/events/ results": "the catalog of events",
    "snapshots/{snapshot_id}/ labels": LABELS,
    "projects/{project_id}/tasks/facets/ annotator_id": "people who annotated, 50 at most",
    "datasets/{dataset_id}/items/facets/ meta": "values of metadata, 600 at most",
    "projects/{project_id}/tasks/facets/ attribute": "values of attributes, 600 at most",
    "projects/{project_id}/tasks/facets/ confidence": "ranges that there are",
    "projects/{project_id}/tasks/facets/ label": LABELS,
    "projects/{project_id}/tasks/facets/ meta": "values of metadata, 600 at most",
    "projects/{project_id}/tasks/facets/ split": "splits that there are",
    "projects/{project_id}/tasks/facets/ state": "states that there are",
    "projects/{project_id}/tasks/facets/ team_id": "teams, 50 at most",
    "tasks/{task_id}/difference/ parts": "the parts of two annotations",
    "tracked-runs/{tracked_run_id}/artifacts/ entries": "files of the storage",
    "tracked-runs/{tracked_run_id}/curves/ curves": "the metrics that the run logged",
    "learning-curves/{learning_curve_id}/ forecast.band": "drawn from the curve",
    "learning-curves/{learning_curve_id}/ forecast.sufficiency": "drawn from the curve",
    "learning-curves/{learning_curve_id}/ points": "as many as were ordered",
    "learning-curves/{learning_curve_id}/ pooled": "as many as were ordered",
    "learning-curves/{learning_curve_id}/forecast/ diagnosis": "reasons that there are",
    "learning-curves/{learning_curve_id}/forecast/ forecast.band": "drawn from the curve",
    "learning-curves/{learning_curve_id}/forecast/ forecast.sufficiency": "drawn from the curve",
    "learning-curves/{learning_curve_id}/forecast/ subgroups": LABELS,
    "model-versions/{version_id}/ evaluation.per_class": LABELS,
    "model-versions/{version_id}/exports/ results": "one of each variant",
    "model-versions/{version_id}/exports/{variant}/ samples": "kept in the export's own row",
    "model-versions/{version_id}/lineage/ guidelines": "a version of the guidelines",
}
for application in of_applications():
    QUERY |= application.QUERY
    FIXED |= application.FIXED_LISTS


def forms_of(schema: dict) -> list[dict]:
    """A schema without references, or each of those that it may be."""
    while "$ref" in schema:
        schema = OPENAPI["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return [form for each in schema["anyOf"] for form in forms_of(each)] if "anyOf" in schema else [schema]


def is_plain(schema: dict) -> bool:
    """Whether it is a text or a number, or a list of such: what is not read from rows of its own."""
    forms = forms_of(schema)
    return all(
        is_plain(form["items"]) if form.get("type") == "array" else form.get("type") in PLAIN_TYPES for form in forms
    )


def names_of_lists(schema: dict, depth: int = 2) -> list[str]:
    """Where in an answer there are lists of more than texts and numbers; dotted, down to objects in objects."""
    names = []
    for form in forms_of(schema):
        for name, property_schema in form.get("properties", {}).items():
            if any(
                property_form.get("type") == "array" and not is_plain(property_form["items"])
                for property_form in forms_of(property_schema)
            ):
                names.append(name)
            elif depth > 1:
                names += [f"{name}.{inner}" for inner in names_of_lists(property_schema, depth - 1)]
    return names


def lists() -> list[tuple[str, str]]:
    """Path of every list that a GET of the document answers with, and its name in the answer."""
    paths_and_names = []
    for path, methods in OPENAPI["paths"].items():
        response = methods.get("get", {}).get("responses", {}).get("200", {})
        content = response.get("content", {}).get("application/json")
        names = names_of_lists(content["schema"]) if content else []
        assert content is None or all(form.get("type") != "array" for form in forms_of(content["schema"])), path
        paths_and_names += [(path.removeprefix("/api/v1/"), name) for name in names]
    return paths_and_names


def is_served(path: str) -> bool:
    """Whether a path of the document leads anywhere: those of applications that are left out do not."""
    return resolve("/api/v1/" + re.sub(r"{\w+}", "1", path)).func is not no_such_route


LISTS = [(path, name) for path, name in lists() if is_served(path)]
PATHS = sorted({path for path, _ in LISTS})


def queries_of(client: Client, address: str) -> tuple[int, dict]:
    """How many statements it takes with nothing in the cache, and the answer."""
    cache.clear()
    _current_limits(Organization.objects.get(name="ours").pk)  # a process reads them again every ten seconds
    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"/api/v1/{address}")
    assert response.status_code == 200, (address, response.content)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    return len(statements), response.json()


def address_of(path: str, ids: dict[str, int | str]) -> str:
    query = QUERY.get(path, "")
    if "limit" in PARAMETERS[path]:
        query += f"{'&' if query else '?'}limit=200"
    return (path + query).format(**ids)


def rows_in(answer: dict, name: str) -> int:
    """How many rows a list of an answer has; none where what it stands in is missing."""
    part_of_answer = answer
    for key in name.split("."):
        part_of_answer = (part_of_answer or {}).get(key)
    return len(part_of_answer or [])


def test_the_lists_of_the_document_are_found():
    assert len(LISTS) > 70
    for path in ("forecasts/", "projects/", "jobs/", "tasks/{task_id}/history/"):
        assert {name for list_path, name in LISTS if list_path == path} & {"results"}
    assert ("contracts/{contract_id}/", "evaluations") in LISTS
    assert set(FIXED) <= {f"{path} {name}" for path, name in LISTS}
    assert set(QUERY) <= set(PATHS)


def test_no_list_asks_more_for_more_rows(people, make_project, mlflow_tables):
    """Each list of the document, with rows, at two sizes: a new one is measured because it is in the document."""
    grown = GrowingOrganization(people, make_project)
    client = people.client("admin")
    client.get("/api/v1/me/")  # the first call notes the token's use
    measured = []
    for _ in range(2):
        grown.grow(2)
        asked, rows = {}, {}
        for path in PATHS:
            asked[path], answer = queries_of(client, address_of(path, grown.ids()))
            rows |= {f"{path} {name}": rows_in(answer, name) for list_path, name in LISTS if list_path == path}
        measured.append((asked, rows))
    (few, small), (many, large) = measured
    growing = sorted(set(small) - set(FIXED))
    assert {
        name: (small[name], large[name]) for name in growing if large[name] < small[name] + 2 or not small[name]
    } == {}
    more = {path: (few[path], many[path]) for path in PATHS if few[path] != many[path]}
    assert more == {}, "path: queries at both sizes"


def test_the_hot_path_is_three_statements(people, make_project):
    project, client = make_project(items=4), people.client("annotator")
    head = {"content_type": "application/json"}
    annotation = {"value": {"label": "apple"}}
    task = client.post(f"/api/v1/projects/{project.pk}/queue/next/", {}, **head).json()["tasks"][0]["id"]
    task = client.post(f"/api/v1/tasks/{task}/annotations/?next=1", annotation, **head).json()["next_tasks"][0]["id"]
    with CaptureQueriesContext(connection) as queries:
        response = client.post(f"/api/v1/tasks/{task}/annotations/?next=1", annotation, **head).json()
    statements = [query["sql"].split("(")[0].strip() for query in queries if "SAVEPOINT" not in query["sql"]]
    assert statements == ["EXECUTE token_by_digest", "EXECUTE queue_lock_task", "EXECUTE queue_submit_and_lease_next"]
    assert len(response["next_tasks"]) == 1
