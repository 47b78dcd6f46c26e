"""Processes that are killed in the middle of their work."""

import os
import signal
import threading
import time
import uuid

import pytest

from tests.faults import work
from tests.faults.installation import Person


def test_web_killed_in_mid_save_loses_no_answer_and_doubles_none(installation, person, patience):
    installation.everything()
    admin = person()
    number = work.project(admin, 120)
    sent: dict[str, str] = {}
    lock = threading.Lock()

    def label(who: Person) -> None:
        """As the browser does: keep an answer, and its key, until the server has said that it has it."""
        while True:
            tasks = who.patiently(
                "POST", f"projects/{number}/queue/next/", patience, json={"count": 1, "resume": True}
            )["tasks"]
            if not tasks:
                return
            body, key = {"value": work.answer_of(tasks[0])}, str(uuid.uuid4())
            with lock:
                sent[key] = tasks[0]["item"]["name"]
            head = {"Idempotency-Key": key}
            who.patiently("POST", f"tasks/{tasks[0]['id']}/annotations/", patience, json=body, headers=head)

    threads = [threading.Thread(target=label, args=(person(role),)) for role in ("annotator", "manager", "scientist")]
    for thread in threads:
        thread.start()
    for _ in range(3):
        time.sleep(0.7)
        installation.kill("web")
        installation.web()
    for thread in threads:
        thread.join(timeout=patience * 2)
    rows = installation.sql("SELECT client_id::text, count(*) FROM labeling_annotation GROUP BY 1")
    assert all(count == 1 for _, count in rows)
    assert {key for key, _ in rows} == set(sent)
    assert installation.sql("SELECT count(*) FROM labeling_task WHERE state = 'done'") == [(120,)]
    wrong = installation.sql(
        "SELECT count(*) FROM labeling_annotation a JOIN labeling_task t ON t.id = a.task_id "
        "JOIN datalake_item i ON i.id = t.item_id WHERE a.value->>'label' <> split_part(i.name, '-', 1)"
    )
    assert wrong == [(0,)]


@pytest.mark.parametrize("who", ["trainer", "worker", "worker and scheduler"])
def test_a_training_ends_once_whoever_was_killed_in_its_middle(installation, person, patience, who):
    installation.everything()
    admin = person()
    job, again = work.long_training(installation, admin)
    if who == "trainer":
        for pid in installation.pids("workers.runtime.trainer"):
            os.kill(pid, signal.SIGKILL)
        ended = admin.ended(job, patience)  # a trainer that the kernel ends is not tried again: it would be ended again
        assert (ended["state"], ended["attempt"]) == ("failed", 1)
        assert "SIGKILL" in ended["error"]
        job = again()
    else:
        installation.kill("worker")
        if "scheduler" in who:
            installation.kill("beat")
        installation.until(
            lambda: installation.pids("workers.runtime.trainer") == [], 5, "end of the trainer with its worker"
        )
        if "scheduler" in who:
            installation.beat()
        installation.worker("second")
    ended = admin.ended(job, patience * 2)
    assert ended["state"] == "done", ended["error"]
    assert len(admin.call("GET", "model-versions/")["results"]) == 1
    assert installation.sql("SELECT count(*) FROM mlflow.model_versions") == [(1,)]
    assert installation.pids("workers.runtime.trainer") == []


def test_the_supervisor_killed_takes_everything_with_it_and_the_next_start_finds_it_all(
    installation, template, patience
):
    """`make up` itself: -9, and again."""
    import subprocess
    import sys

    env = installation.words() | {"PLATEAU_DEMO": "0", "PORT": str(installation.port), "HOST": "127.0.0.1"}
    for name in ("DATABASE_URL", "REDIS_URL"):
        env.pop(name)
    (installation.home / "secret_key").write_text(env["SECRET_KEY"])
    start = lambda: subprocess.Popen(  # noqa: E731  # one line, used in this test alone
        [sys.executable, "-m", "launcher.up"], env=env, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    first = start()
    try:
        installation.until(lambda: installation.get("/readyz") == 200, 90, "up")
        admin = Person(installation, template[1]["admin"])
        number = work.project(admin, 10)
        assert work.label_all(admin, number) == 10
        first.kill()
        first.wait()
        installation.until(lambda: installation.get("/healthz") == 0, 20, "end of web")
        first = start()
        took = installation.until(lambda: installation.get("/readyz") == 200, 90, "up again")
        assert took < patience
        assert installation.sql("SELECT count(*) FROM labeling_annotation") == [(10,)]
        _, batch = work.upload(admin, work.pictures(4, seed=2))
        job = admin.call("POST", f"uploads/{batch}/start/")["job"]["id"]
        assert admin.ended(job, patience)["state"] == "done"
    finally:
        first.terminate()
        first.wait(timeout=60)


def test_a_poison_job_ends_its_worker_and_fails_while_others_are_done(installation, person, patience):
    installation.everything()
    admin = person()
    poison = queued(installation, "poison", {})
    good = [queued(installation, "slow", {"seconds": 0.1, "file": str(installation.home / "good")}) for _ in range(3)]
    deadline = time.monotonic() + patience  # three attempts, each until its lease runs out
    while time.monotonic() < deadline and not over(installation, [poison, *good]):
        if installation.processes["worker"].poll() is not None:  # as the supervisor does
            installation.worker()
        time.sleep(0.2)
    states = dict(installation.sql("SELECT id, state FROM jobs_job"))
    assert states[poison] == "failed"
    assert [states[job] for job in good] == ["done"] * 3
    assert "worker was lost" in admin.call("GET", f"jobs/{poison}/")["error"]


def test_a_message_delivered_many_times_runs_a_job_once(installation, patience):
    installation.everything()
    mark = installation.home / "mark"
    job = queued(installation, "slow", {"seconds": 1, "file": str(mark)})
    code = (
        "from config.celery import app\n"
        f"for _ in range(20): app.send_task('plateau.jobs.tasks.run', args=[{job}], queue='default')"
    )
    installation.manage("shell", "-c", code)
    installation.until(lambda: over(installation, [job]), patience, "the job")
    time.sleep(2)
    assert mark.read_text() == "1\n"
    assert installation.sql("SELECT attempt FROM jobs_job WHERE id = %s", job) == [(1,)]


def test_a_worker_that_was_frozen_past_its_lease_writes_nothing_when_it_thaws(installation, patience):
    installation.everything()
    mark = installation.home / "mark"
    job = queued(installation, "slow", {"seconds": 4, "file": str(mark)})
    installation.until(lambda: state(installation, job) == "running", patience, "the job's start")
    os.killpg(installation.processes["worker"].pid, signal.SIGSTOP)
    installation.worker("second")
    installation.until(lambda: over(installation, [job]), patience, "the second attempt")
    result = installation.sql("SELECT result FROM jobs_job WHERE id = %s", job)
    os.killpg(installation.processes["worker"].pid, signal.SIGCONT)
    installation.until(lambda: sorted(mark.read_text().split()) == ["1", "2"], patience, "the thawed worker's end")
    time.sleep(1)
    assert result == [({"attempt": 2},)]
    assert installation.sql("SELECT result FROM jobs_job WHERE id = %s", job) == result
    assert installation.sql("SELECT state, attempt FROM jobs_job WHERE id = %s", job) == [("done", 2)]


@pytest.mark.parametrize("hours", [5, -5])
def test_a_host_whose_clock_is_wrong_keeps_its_jobs_and_takes_no_others(installation, patience, hours):
    installation.postgres()
    installation.broker()
    installation.worker("right")
    installation.worker("wrong", FAULT_CLOCK=str(hours * 3600))
    installation.beat(FAULT_CLOCK=str(hours * 3600))
    mark = installation.home / "mark"
    jobs = [queued(installation, "slow", {"seconds": 6, "file": str(mark)}) for _ in range(6)]
    installation.until(lambda: over(installation, jobs), patience, "all jobs")
    assert mark.read_text() == "1\n" * 6
    assert set(installation.sql("SELECT state, attempt FROM jobs_job")) == {("done", 1)}
    workers = {row[0] for row in installation.sql("SELECT worker FROM jobs_job")}
    assert len(workers) == 2


def queued(installation, kind: str, payload: dict, queue: str = "default", organization: str = "ours") -> int:
    """A job as `submit` makes it, handed over by the scheduler."""
    import json

    return installation.sql(
        "INSERT INTO jobs_job (organization_id, kind, queue, state, payload, result, error, message, done, total, "
        "attempt, max_attempts, worker, created_at) SELECT id, %s, %s, 'queued', %s, '{}', '', '', 0, 0, "
        "0, 3, '', now() - interval '5 seconds' FROM identity_organization WHERE slug = %s RETURNING id",
        kind, queue, json.dumps(payload), organization,
    )[0][0]  # fmt: skip


def state(installation, job: int) -> str:
    return installation.sql("SELECT state FROM jobs_job WHERE id = %s", job)[0][0]


def over(installation, jobs: list[int]) -> bool:
    return all(state(installation, job) in ("done", "failed", "cancelled") for job in jobs)
