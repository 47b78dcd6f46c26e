"""The API's document: a snapshot in docs/, valid, and held against the running API."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"
DESCRIBED = json.loads(DOCUMENT.read_text())


@pytest.mark.django_db
def test_the_snapshot_is_what_the_code_says(tmp_path):
    made = tmp_path / "openapi.json"
    call_command("spectacular", format="openapi-json", file=str(made), validate=False)
    assert json.loads(made.read_text()) == DESCRIBED, "run `make openapi` and read the difference"


def test_it_is_3_1_and_every_closed_route_states_its_refusals():
    assert DESCRIBED["openapi"].startswith("3.1")
    for path, methods in DESCRIBED["paths"].items():
        for method, operation in methods.items():
            if path == "/api/v1/schema/" or path.startswith("/api/v1/session/") or method == "parameters":
                continue
            problems = {status for status, answer in operation["responses"].items() if int(status) >= 400}
            assert {"401", "403"} <= problems, (method, path)
            if "{" in path:
                assert "404" in problems, (method, path)
            for status in problems:
                assert list(operation["responses"][status]["content"]) == ["application/problem+json"]


@pytest.mark.django_db
def test_the_schema_is_served_to_everybody(client):
    answer = client.get("/api/v1/schema/")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")


@pytest.mark.django_db
def test_an_unknown_address_below_api_is_a_problem(client):
    answer = client.get("/api/v1/nothing/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.processes
@pytest.mark.timeout(int(os.environ.get("FUZZ_SECONDS", "600")))
def test_no_request_brings_the_server_down(people, stack, make_project):
    make_project(items=2)
    stack.web()
    options = ["--url", stack.url, "--header", f"Authorization: Bearer {people.token('admin')}"]
    options += [
        "--checks",
        "not_a_server_error",
        "--max-examples",
        os.environ.get("FUZZ_EXAMPLES", "4"),
        "--phases",
        os.environ.get("FUZZ_PHASES", "fuzzing"),
    ]
    options += ["--generation-deterministic", "--exclude-path-regex", "/session/", "--no-color", "--workers", "2"]
    command = [str(Path(sys.executable).parent / "schemathesis"), "run", str(DOCUMENT), *options]
    done = subprocess.run(command, cwd=stack.home, capture_output=True, text=True, check=False)
    sys.stdout.write(done.stdout[-1500:])  # how many requests; `make fuzz` shows it
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
