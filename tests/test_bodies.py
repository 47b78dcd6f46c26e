"""Bodies are taken as they are: every field of the document that is no text refuses the text that looks like it."""

import json
from typing import Any

import pytest

from tests.test_openapi import DESCRIBED
from tests.test_permissions import BODIES
from tests.test_query_counts import forms_of, is_served

pytestmark = pytest.mark.django_db
LOOKALIKES: dict[str, tuple[Any, ...]] = {
    "boolean": ("0", "1", "true", "", 0, 1), "integer": ("1", True, 1.5, ""), "number": ("1", "0.5", True),
    "array": ("", {}), "object": ("", [1]), "string": (1, True),
}  # fmt: skip


def fields() -> list[tuple[str, str, str, str]]:
    """Method, path and name of each field of a JSON body that has one plain type, and that type."""
    found = []
    for path, methods in DESCRIBED["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            if "application/json" not in content or not is_served(path.removeprefix("/api/v1/")):
                continue
            for form in forms_of(content["application/json"]["schema"]):
                for name, schema in form.get("properties", {}).items():
                    types = {one.get("type") for one in forms_of(schema)} - {"null"}
                    if len(types) == 1 and (kind := types.pop()) in LOOKALIKES:
                        found.append((method.upper(), path, name, str(kind)))
    return found


FIELDS = fields()
BODY_OF = {
    (method, "/api/v1/" + route.replace("<int:", "{").replace("<str:", "{").replace(">", "}")): body
    for (method, route), body in BODIES.items()
}
# What is looked at before the body, in the world of this test: there is nothing to change yet, or it is over.
BEFORE_THE_BODY = (403, 404, 409)


def test_the_fields_of_the_document_are_found():
    assert len(FIELDS) > 150
    assert {kind for *_, kind in FIELDS} >= {"boolean", "integer", "number", "array", "string"}


def test_no_field_guesses(people, world):
    client = people.client("admin", "theirs")
    reached = 0
    for method, path, name, kind in FIELDS:
        if path.startswith("/api/v1/session/"):
            continue
        for value in LOOKALIKES[kind]:
            body = {**BODY_OF.get((method, path), {}), name: value}
            answer = client.generic(
                method,
                path.format(**world),
                json.dumps(body),
                content_type="application/json",
                headers={"If-Match": "*"},
            )
            assert answer.status_code in (400, *BEFORE_THE_BODY), (method, path, name, value, answer.content)
            if answer.status_code == 400:
                reached += 1
                fields = {one["field"].split(".")[0] for one in answer.json()["errors"]}
                assert name in fields, (method, path, name, value, answer.content)
    assert reached > 400
