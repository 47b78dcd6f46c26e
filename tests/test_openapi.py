"""The API's document: a snapshot in docs/, valid, and held against the running API."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.api_document import DOCUMENT, OPENAPI
from tests.applications import EVERY, needs
from tests.stack import Stack

OPEN_PATHS = ("/api/v1/session/", "/api/v1/password-reset/")  # who asks has not signed in


@needs(*EVERY)
@pytest.mark.django_db
def test_the_snapshot_is_what_the_code_says(tmp_path):
    written = tmp_path / "openapi.json"
    call_command("spectacular", format="openapi-json", file=str(written), validate=False)
    assert json.loads(written.read_text()) == OPENAPI, "run `make openapi` and read the difference"


def test_it_is_3_1_and_every_closed_route_states_its_refusals():
    assert OPENAPI["openapi"].startswith("3.1")
    for path, methods in OPENAPI["paths"].items():
        for method, operation in methods.items():
            if path == "/api/v1/schema/" or path.startswith(OPEN_PATHS) or method == "parameters":
                continue
            problems = {status for status, answer in operation["responses"].items() if int(status) >= 400}
            assert {"401", "403"} <= problems, (method, path)
            if "{" in path:
                assert "404" in problems, (method, path)
            for status in problems:
                assert list(operation["responses"][status]["content"]) == ["application/problem+json"]


@pytest.mark.django_db
def test_the_schema_is_served_to_everybody(client):
    response = client.get("/api/v1/schema/")
    assert response.status_code == 200
    assert response.json()["openapi"].startswith("3.1")


@pytest.mark.django_db
def test_an_unknown_address_below_api_is_a_problem(client):
    response = client.get("/api/v1/nothing/")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.django_db
@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "image/png, */*;q=0.8"])
def test_an_unknown_address_is_a_problem_for_whoever_asks_for_no_page(client, accept):
    for path in ("/nothing", "/robots.txt", "/.env", "/projects/1/"):
        response = client.get(path, headers={"Accept": accept} if accept else {})
        assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json"), path
        assert response.json()["code"] == "not_found"
    assert client.post("/projects/1/", headers={"Accept": "text/html"}).status_code == 404


@pytest.mark.django_db
def test_browsers_get_the_page_at_every_address(client, settings, tmp_path):
    settings.WHITENOISE_ROOT = tmp_path
    (tmp_path / "index.html").write_text("<!doctype html>")
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    for path in ("/", "/projects/1/", "/nothing"):
        assert client.get(path, headers=browser)["Content-Type"].startswith("text/html"), path
    assert client.get("/").status_code == 200


# What would shut the fuzzer itself out, or take away what other requests need, comes last.
LAST = r"/session/|/organization/|/members/|/tokens/|/sessions/"

NAMED = {
    "snapshot_id",
    "version_id",
    "dataset_id",
    "annotation_id",
    "project_id",
    "task_id",
    "team_id",
    "segmentation_model_id",
}
# A deployment whose version has no files: nobody serves it, and the answer says so.
MAY_BE_AWAY = """
[[operations]]
include-path-regex = "/deployments/.*/predict/"
checks.not_a_server_error.expected-statuses = ["2xx", "4xx", 503]
"""


# Beside what schemathesis takes for a refusal of its own accord: 400 for values that fit their schema and name what is
# not there (a recipe, a label, a cursor of another list), 412 for an old state, 413 and 507 for what has no room.
CHECKS = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "3xx", 400, 401, 403, 404, 409, 412, 413, 429, 503, 507]
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 428, "5xx"]
missing_required_header.expected-statuses = [400, 401, 403, 406, 415, 428]
"""
CONFORMANCE = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.mark.processes
@pytest.mark.timeout(int(os.environ.get("FUZZ_SECONDS", "600")))
def test_no_request_brings_the_server_down(people, stack, their_rows):
    """Numbers in addresses are most often of rows that exist."""
    people.token("manager", "theirs")
    stack.web()
    stack.serving()
    rules = [f"[dictionaries.{name}]\nvalues = {json.dumps([value])}\n" for name, value in their_rows.items()]
    places = {f"path.{name}": name for name in their_rows} | {
        f"body.{name}": name for name in their_rows if name in NAMED
    }
    places |= {"query.a": "version_id", "query.b": "version_id", "query.project": "project_id"}
    rules += [f"[parameters.'{place}']\ndictionary = '{name}'\nprobability = 0.8\n" for place, name in places.items()]
    rules += [MAY_BE_AWAY, CHECKS]
    (stack.home / "schemathesis.toml").write_text("\n".join(rules))
    fuzz(stack, people.token("admin", "theirs"), "--exclude-method", "DELETE", "--exclude-path-regex", LAST)
    fuzz(stack, people.token("admin", "theirs"), "--include-method", "DELETE", "--exclude-path-regex", LAST)
    fuzz(stack, people.token("admin", "theirs"), "--include-path-regex", LAST, "--exclude-path-regex", "/session/")


def fuzz(stack: Stack, token: str, *which: str) -> None:
    """Run schemathesis, and say how many requests it made; `make fuzz` shows it."""
    options = ["--config-file", "schemathesis.toml", "run", str(DOCUMENT), "--url", stack.url]
    options += ["--header", f"Authorization: Bearer {token}", *which]
    options += ["--checks", os.environ.get("FUZZ_CHECKS", CONFORMANCE)]
    options += ["--max-examples", os.environ.get("FUZZ_EXAMPLES", "2")]
    options += ["--phases", os.environ.get("FUZZ_PHASES", "fuzzing")]
    options += ["--generation-deterministic", "--no-color", "--workers", "2"]
    command = [str(Path(sys.executable).parent / "schemathesis"), *options]
    done = subprocess.run(command, cwd=stack.home, capture_output=True, text=True, check=False)
    sys.stdout.write(done.stdout[done.stdout.find("= SUMMARY =") :])
    section = re.search("= (ERRORS|FAILURES) =", done.stdout)
    assert done.returncode == 0, done.stdout[section.start() if section else -6000 :][:12000] + done.stderr[-1000:]
