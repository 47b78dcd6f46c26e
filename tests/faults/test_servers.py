"""PostgreSQL and the broker: killed, away, back."""

import os
import threading
import time
import uuid

from tests.faults import work
from tests.faults.test_processes import over, queued


def test_the_broker_killed_and_back_loses_no_job(installation, person, patience):
    installation.everything()
    admin = person()
    jobs = [queued(installation, "slow", {"seconds": 1, "file": str(installation.home / "mark")}) for _ in range(5)]
    time.sleep(1.5)
    installation.kill("redis")
    time.sleep(2)
    installation.broker()
    installation.until(lambda: over(installation, jobs), patience, "all jobs")
    assert (installation.home / "mark").read_text().split() == ["1"] * 5
    _, batch = work.upload(admin, work.pictures(4))
    assert admin.ended(admin.call("POST", f"uploads/{batch}/start/")["job"]["id"], patience)["state"] == "done"


def test_while_the_broker_is_away_people_label_and_what_they_order_is_done_when_it_is_back(
    installation, person, patience
):
    """Away for as long as FAULT_AWAY says; `make faults` takes the five minutes that were asked for."""
    away = float(os.environ.get("FAULT_AWAY", "300"))
    installation.everything()
    admin, annotator = person(), person("annotator")
    number = work.project(admin, 12)
    installation.kill("redis")
    begun = time.monotonic()
    assert work.label_all(annotator, number) == 12
    ordered = admin.call("POST", f"projects/{number}/snapshots/")["job"]["id"]
    assert installation.get("/readyz") == 200
    signing_in = annotator.http.get(f"{installation.url}/api/v1/session/", timeout=10)
    assert signing_in.status_code in (204, 503)
    while time.monotonic() - begun < away:
        time.sleep(1)
        assert installation.get("/healthz") == 200
    assert admin.call("GET", f"jobs/{ordered}/")["state"] == "queued"
    installation.broker()
    assert admin.ended(ordered, patience)["state"] == "done"


def test_the_database_killed_under_labeling_and_training_loses_nothing(installation, person, patience):
    installation.everything()
    admin = person()
    number = work.project(admin, 60)
    names: dict[str, str] = {}

    def label() -> None:
        who = person("annotator")
        while tasks := who.patiently(
            "POST", f"projects/{number}/queue/next/", patience, json={"count": 1, "resume": True}
        )["tasks"]:
            key = str(uuid.uuid4())
            names[key] = tasks[0]["item"]["name"]
            body, head = {"value": work.answer_of(tasks[0])}, {"Idempotency-Key": key}
            who.patiently("POST", f"tasks/{tasks[0]['id']}/annotations/", patience, json=body, headers=head)

    hand = threading.Thread(target=label)
    slow = queued(installation, "slow", {"seconds": 8, "file": str(installation.home / "mark")})
    hand.start()
    for _ in range(2):
        time.sleep(1)
        installation.kill("postgres")
        assert installation.get("/healthz") == 200
        assert installation.get("/readyz") in (0, 503)
        refused = admin.ask("GET", "projects/")
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert int(refused.headers["Retry-After"]) > 0
        installation.postgres()
    hand.join(timeout=patience * 2)
    installation.until(lambda: installation.get("/readyz") == 200, patience, "readiness")
    rows = installation.sql("SELECT client_id::text, count(*) FROM labeling_annotation GROUP BY 1")
    assert {key for key, _ in rows} == set(names)
    assert all(count == 1 for _, count in rows)
    installation.until(lambda: over(installation, [slow]), patience, "the job")
    assert installation.sql("SELECT state FROM jobs_job WHERE id = %s", slow) == [("done",)]
    work.snapshot(admin, number)


def test_a_training_outlives_a_restart_of_the_database(installation, person, patience):
    installation.everything()
    admin = person()
    job, _ = work.long_training(installation, admin)
    installation.kill("postgres")
    time.sleep(1)
    installation.postgres()
    ended = admin.ended(job, patience * 2)
    assert ended["state"] == "done", ended["error"]
    assert len(admin.call("GET", "model-versions/")["results"]) == 1
    assert installation.sql("SELECT count(*) FROM mlflow.model_versions") == [(1,)]
