"""Logs without secrets, health that tells the truth, secrets that cannot be guessed."""

import json
import logging
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from django.test import Client

from plateau.jobs.tests.factories import JobFactory
from plateau.secrets.strength import find_open_broker, weaknesses
from plateau.telemetry import health
from plateau.telemetry.context import doing, request_id_of
from plateau.telemetry.logs import JsonLogFormatter, LogContextFilter, TextFormatter, hide

ROOT = Path(__file__).resolve().parents[4]
STRONG = "kX9-vQ2_mZ7tR4wB8nL1pS6dF3gH5jYc"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("token plt_abcdefghijklmnopqrstuvwxyz0123456789ABCDE given", "abcdefghijklmnop"),
        ("Authorization: Bearer eyJhbGciOi.abc-def", "eyJhbGciOi"),
        ("postgresql://plateau:hunter2hunter2@db/plateau", "hunter2"),
        ("redis://:hunter2hunter2@redis:6379/0", "hunter2"),
        ("unix://:hunter2hunter2@/var/lib/plateau/run/redis.sock", "hunter2"),
        ("cookie sessionid=abc123def456; csrftoken=zzz999", "abc123def456"),
        ('{"email": "a@b.example", "password": "correct horse"}', "correct"),
        ("new_password=tr0ub4dor&x=1", "tr0ub4dor"),
        ("GET /enter/MTI/c9x-abcdef0123456789", "c9x-abcdef"),
        ("GET /invitations/MTI/c9x-abcdef0123456789", "c9x-abcdef"),
        ("https://bucket/x?X-Amz-Signature=0123abcd", "0123abcd"),
        ("whsec_c2VjcmV0c2VjcmV0", "c2VjcmV0"),
    ],
)
def test_no_line_of_a_log_holds_a_secret(text, secret):
    assert secret not in hide(text)
    assert "[hidden]" in hide(text)


def test_words_that_are_no_secret_stay():
    text = "GET /api/v1/tokens/ 200 in 3 ms; the password was changed"
    assert hide(text) == text


def test_a_line_is_one_object_that_says_what_the_process_was_doing():
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "job %s began\nwell", (7,), None)
    with doing(request_id="r" * 8, job_id=7):
        LogContextFilter().filter(record)
    line = JsonLogFormatter().format(record)
    assert "\n" not in line
    entry = json.loads(line)
    assert (entry["message"], entry["level"], entry["job_id"], entry["request_id"]) == (
        "job 7 began\nwell", "INFO", 7, "rrrrrrrr",
    )  # fmt: skip


HOSTILE = {
    "newline": "a\n2026-01-01 00:00:00,000 INFO plateau.audit forged",
    "return": "a\rforged",
    "escape": "a\x1b[2J\x1b]0;forged\x07",
    "eight-bit control": "a\x9b2Jforged\x85forged",
    "delete": "a\x7f\x08forged",
    "separators": "a\u2028forged\u2029forged\x0bforged\x0cforged\x1cforged",
    "bidi override": "a\u202egpj.forged\u202c\u2066forged\u2069",
    "invisible": "a\u200bforged\ufeff\U000e0041",
    "surrogate": "a\udc80forged",
    "nul": "a\0forged",
}


def _forms_of_a_record(text):
    """Each place of a record that may hold text of others."""

    def record(message="imported", args=(), exc_info=None, stack=None, name="plateau"):
        return logging.LogRecord(name, logging.WARNING, __file__, 1, message, args, exc_info, None, stack)

    try:
        try:
            raise ValueError(text)
        except ValueError as cause:
            cause.add_note(text)
            raise RuntimeError("could not import") from cause
    except RuntimeError:
        error = sys.exc_info()
    cached = record(exc_info=error)
    cached.exc_text = text  # by the formatter of another handler
    return {
        "message": (record(text), {}),
        "argument": (record("imported %s", (text,)), {}),
        "named argument": (record("imported %(name)s", ({"name": text},)), {}),
        "logger": (record(name=text), {}),
        "field": (record(), {"file_name": text}),
        "name of a field": (record(), {text: 1}),
        "exception": (record(exc_info=error), {}),
        "exception of another handler": (cached, {}),
        "stack": (record(stack=f"Stack:\n{text}"), {}),
    }


@pytest.mark.parametrize("character", HOSTILE)
def test_no_text_of_others_forges_a_line_or_commands_a_terminal(character):
    for place, (record, known) in _forms_of_a_record(HOSTILE[character]).items():
        with doing(**known):
            written = TextFormatter().format(record)
        first, *rest = written.split("\n")
        assert "forged" in written, place
        assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} WARNING ", first), place
        assert all(line.startswith("  | ") for line in rest), (place, written)
        assert rest == [] or record.exc_info or record.stack_info, place
        for line in (first, *rest):
            assert line == "".join(line.splitlines()), (place, line)
            assert not [letter for letter in line if unicodedata.category(letter) in ("Cc", "Cf", "Cs")], (place, line)
            line.encode()


def test_a_line_for_people_keeps_what_they_wrote_and_hides_secrets_before_it_escapes():
    text = "\u30c7\u30fc\u30bf\u30bb\u30c3\u30c8 caf\u00e9 C:\\new password\n=\nhunter2hunter2"
    line = TextFormatter().format(logging.LogRecord("x", logging.INFO, __file__, 1, text, (), None))
    assert line.endswith("INFO x \u30c7\u30fc\u30bf\u30bb\u30c3\u30c8 caf\u00e9 C:\\new password\\n=\\n[hidden]")


def test_a_request_keeps_its_callers_number_where_it_is_a_plain_word():
    assert request_id_of("build-1234.5") == "build-1234.5"
    for bad in ("", "short", "x" * 65, "a b c d e f g", "línea-1234", "evil\nline-1"):
        assert request_id_of(bad) != bad


@pytest.mark.django_db
def test_each_answer_carries_a_number_and_a_job_remembers_who_ordered_it(people, make_project, answer_all):
    from plateau.jobs.models import Job

    project = make_project(items=2)
    answer_all(people.actor(), project)
    client, numbered = people.client("manager"), {"X-Request-ID": "one-1234"}
    response = client.post(f"/api/v1/datasets/{project.dataset_id}/uploads/", headers=numbered)
    assert response["X-Request-ID"] == "one-1234"
    snapshots = f"/api/v1/projects/{project.pk}/snapshots/"
    client.post(snapshots, {}, content_type="application/json", headers=numbered)
    assert Job.objects.latest("pk").request_id == "one-1234"
    assert len(client.get("/api/v1/projects/")["X-Request-ID"]) == 32


@pytest.mark.django_db
def test_a_fault_of_ours_tells_a_number_and_nothing_else(people, monkeypatch):
    from plateau.identity import api

    def broken(*_: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(api, "_member", broken)
    client = people.client("admin")
    client.raise_request_exception = False
    response = client.get("/api/v1/members/")
    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")
    assert response.json()["request_id"] in response.json()["detail"]
    assert "secret inside" not in response.content.decode()


@pytest.mark.django_db
def test_readiness_names_what_is_away(monkeypatch, mlflow_tables):
    assert Client().get("/healthz").status_code == 200
    well = Client().get("/readyz")
    assert (well.status_code, well.json()["checks"]) == (200, dict.fromkeys(health.CHECKS, "ok"))

    def away() -> str:
        raise ConnectionError("no")

    monkeypatch.setitem(health.CHECKS, "broker", away)
    assert Client().get("/readyz").status_code == 200  # labeling goes on without it
    monkeypatch.setitem(health.CHECKS, "database", away)
    ill = Client().get("/readyz")
    assert (ill.status_code, ill.json()["checks"]["database"]) == (503, "ConnectionError")


@pytest.mark.django_db
def test_readiness_sees_that_migrations_were_not_run(mlflow_tables):
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="jobs").latest("name").delete()
    ill = Client().get("/readyz")
    assert (ill.status_code, ill.json()["ready"]) == (503, False)
    assert "1 migrations were not run" in ill.json()["checks"]["schema"]


@pytest.mark.django_db
def test_metrics_are_for_whoever_has_the_token_alone(people, settings, make_project):
    JobFactory(organization=people.organizations["ours"], queue="gpu")
    assert Client().get("/metrics").status_code == 404
    settings.METRICS_TOKEN = STRONG
    assert Client().get("/metrics").status_code == 404
    people.client("admin").get("/api/v1/projects/")
    text = Client(headers={"Authorization": f"Bearer {STRONG}"}).get("/metrics").content.decode()
    assert 'plateau_jobs{queue_state="gpu queued"} 1.0' in text
    assert 'plateau_request_seconds_count{method="GET",route="api/v1/projects/",status="2xx"}' in text


GOOD = {
    "SECRET_KEY": STRONG,
    "DATABASE_URL": f"postgresql://plateau:{STRONG}@db:5432/plateau",
    "REDIS_URL": f"redis://:{STRONG}@redis:6379/0",
    "STORAGE_URL": "s3://plateau",
    "AWS_SECRET_ACCESS_KEY": STRONG,
}


def test_good_secrets_are_taken():
    assert weaknesses(GOOD) == []
    assert weaknesses(GOOD | {"DATABASE_URL": "postgresql://plateau@%2Frun%2Fplateau/plateau"}) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-kX9-vQ2_mZ7tR4wB8nL1pS6dF3gH5jYc"}, "SECRET_KEY"),
        ({"DATABASE_URL": "postgresql://plateau:plateau@db/plateau"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://plateau@db/plateau"}, "DATABASE_URL"),
        ({"REDIS_URL": "redis://:redis@redis:6379/0"}, "REDIS_URL"),
        ({"AWS_SECRET_ACCESS_KEY": "minioadmin"}, "AWS_SECRET_ACCESS_KEY"),
        ({"METRICS_TOKEN": "metrics"}, "METRICS_TOKEN"),
    ],
)
def test_a_secret_that_can_be_guessed_is_named(change, named):
    (weakness,) = weaknesses(GOOD | change)
    assert named in weakness
    assert next(iter(change.values())) not in weakness


def test_no_command_runs_on_a_broker_elsewhere_that_asks_for_no_password():
    """`prepare` is the first of a deployment; everything else waits for it."""
    env = os.environ | {"REDIS_URL": "redis://redis:6379/0"}
    command = [sys.executable, "manage.py", "prepare"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "(plateau.E001) REDIS_URL: there is no password in it" in done.stderr
    assert "requirepass" in done.stderr


@pytest.mark.parametrize(
    ("url", "is_open"),
    [
        ("redis://10.0.0.7:6379/0", True),
        ("rediss://user@broker.example:6379", True),
        (f"redis://:{STRONG}@redis:6379/0", False),
        ("unix:///run/plateau/redis.sock?db=1", False),
    ],
)
def test_a_broker_on_another_machine_needs_a_password(url, is_open):
    assert bool(find_open_broker(url)) == is_open


def test_no_process_starts_with_a_weak_secret():
    env = os.environ | {"SECRET_KEY": "changeme-changeme-changeme-changeme"}
    code = "import django; django.setup()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "SECRET_KEY: it" in done.stderr
    assert "changeme-changeme" not in done.stderr
