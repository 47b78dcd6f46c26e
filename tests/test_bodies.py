"""Bodies are taken as they are: every field of the document that is no text refuses the text that looks like it."""

import json
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from plateau.jobs.models import Job, JobState
from registry.contracts.models import Contract, ContractState
from tests.api_document import OPENAPI
from tests.route_parameters import RouteRows
from tests.test_permissions import BODIES_BY_PATH, filled
from tests.test_query_counts import forms_of, is_served

pytestmark = pytest.mark.django_db
LOOKALIKES: dict[str, tuple[Any, ...]] = {
    "boolean": ("0", "1", "true", "", 0, 1), "integer": ("1", True, 1.5, ""), "number": ("1", "0.5", True),
    "array": ("", {}), "object": ("", [1]), "string": (1, True),
}  # fmt: skip


def fields() -> list[tuple[str, str, str, str]]:
    """Method, path and name of each field of a JSON body that has one plain type, and that type."""
    typed_fields = []
    for path, methods in OPENAPI["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            if "application/json" not in content or not is_served(path.removeprefix("/api/v1/")):
                continue
            for form in forms_of(content["application/json"]["schema"]):
                for name, schema in form.get("properties", {}).items():
                    types = {form.get("type") for form in forms_of(schema)} - {"null"}
                    if len(types) == 1 and (kind := types.pop()) in LOOKALIKES:
                        typed_fields.append((method.upper(), path, name, str(kind)))
    return typed_fields


FIELDS = fields()
# The route parameter whose row a field names, where the two have different names.
PARAMETER_OF_FIELD = {
    "item_ids": "item_id", "members": "user_id", "model_version_id": "version_id",
    "parent_annotation_id": "annotation_id", "shadow_version_id": "version_id", "task_ids": "task_id",
    "teams": "team_id",
}  # fmt: skip
# What is answered with a count of rows, instead of a refusal: none of another organization's.
COUNTED = {("POST", "leases/renew/", "task_ids"), ("POST", "projects/{project_id}/tasks/bulk/", "task_ids")}
# What is looked at before the body, of the rows of this test: there is nothing to change yet, or it is over.
BEFORE_THE_BODY = (403, 404, 409)
# Compared with the number of the row that was seen last, and no row is read by them: another one is a conflict.
COMPARED = {
    ("tasks/{task_id}/annotations/", "parent_annotation_id"): "annotated_elsewhere",
    ("tasks/{task_id}/review/", "annotation_id"): "annotation_changed",
    # Tokens are refused whatever it names; `test_several_organizations` switches by a session.
    ("me/organization/", "organization_id"): "not_switchable",
}

# One's own row is there already, and said to be.
ALREADY_THERE = {("projects/{project_id}/datasets/", "dataset_id"): "dataset_already_added"}


def test_the_fields_of_the_document_are_found():
    assert len(FIELDS) > 150
    assert {kind for *_, kind in FIELDS} >= {"boolean", "integer", "number", "array", "string"}


def test_no_field_guesses(people, their_rows):
    client = people.client("admin", "theirs")
    their_rows.make_all()
    reached = 0
    for method, path, name, kind in FIELDS:
        if path.startswith("/api/v1/session/"):
            continue
        for value in LOOKALIKES[kind]:
            body = {**filled(BODIES_BY_PATH.get((method, path.removeprefix("/api/v1/")), {}), their_rows), name: value}
            response = client.generic(
                method,
                path.format_map(their_rows),
                json.dumps(body),
                content_type="application/json",
                headers={"If-Match": "*"},
            )
            assert response.status_code in (400, *BEFORE_THE_BODY), (method, path, name, value, response.content)
            if response.status_code == 400:
                reached += 1
                fields = {error["field"].split(".")[0] for error in response.json()["errors"]}
                assert name in fields, (method, path, name, value, response.content)
    assert reached > 400


def fields_that_name_rows() -> list[tuple[str, str, str]]:
    """Method, path and name of each field of a JSON body by which a row is named, or several."""
    names = []
    for path, methods in OPENAPI["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            if "application/json" in content and is_served(path.removeprefix("/api/v1/")):
                for form in forms_of(content["application/json"]["schema"]):
                    for name in form.get("properties", {}):
                        if name.endswith("_id") or name in PARAMETER_OF_FIELD:
                            names.append((method.upper(), path.removeprefix("/api/v1/"), name))
    return [row for row in names if row[2] not in ("client_id", "credential_id")]


def send_row(client: Client, method: str, path: str, field: str, rows: RouteRows, named: RouteRows) -> Any:
    """The answer to a body whose `field` names the row of `named`, everything else one of `rows`; then undone."""
    value: Any = named[PARAMETER_OF_FIELD.get(field, field)]
    value = [value] if field in ("item_ids", "members", "task_ids", "teams") else value
    body = filled(BODIES_BY_PATH.get((method, path), {}), rows) | {field: value}
    with transaction.atomic():
        response = client.generic(
            method,
            f"/api/v1/{path.format_map(rows)}",
            json.dumps(body),
            content_type="application/json",
            headers={"If-Match": "*"},
        )
        transaction.set_rollback(True)
    return response


def test_no_body_reaches_another_organizations_row(people, their_rows, mlflow_tables):
    """And the same body with a row of one's own is not refused for it."""
    client, own_rows = people.client("admin", "ours"), RouteRows(people.members["ours", "admin"])
    for rows in (own_rows, their_rows):
        rows.make_all()
        Contract.objects.filter(pk=rows["contract_id"]).update(state=ContractState.SIGNED, signed_at=timezone.now())
    Job.objects.filter(contract_evaluation__isnull=False).update(state=JobState.FAILED)  # the next one may begin
    fields = fields_that_name_rows()
    assert len(fields) > 15
    for method, path, field in fields:
        own = send_row(client, method, path, field, own_rows, own_rows)
        foreign = send_row(client, method, path, field, own_rows, their_rows)
        if (path, field) in COMPARED:
            assert own.json()["code"] == foreign.json()["code"] == COMPARED[path, field]
            continue
        if (path, field) in ALREADY_THERE:
            assert own.json()["code"] == ALREADY_THERE[path, field]
        else:
            assert own.status_code < 300, (method, path, field, own.content)
        if (method, path, field) in COUNTED:
            assert (foreign.status_code, foreign.json()["count"]) == (200, 0), (method, path, field)
        elif foreign.status_code == 400:
            assert field in {error["field"].split(".")[0] for error in foreign.json()["errors"]}, (path, field)
        else:
            assert foreign.status_code == 404, (path, field, foreign.content)
            assert foreign.json()["code"] == "not_found", (path, field)
