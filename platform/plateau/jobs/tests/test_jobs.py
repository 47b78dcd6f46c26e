from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from plateau.audit.models import AuditEvent
from plateau.database.retrying import retrying
from plateau.http.errors import Conflict
from plateau.jobs import services, tasks
from plateau.jobs.handlers import Running
from plateau.jobs.kinds import JOB_KINDS, JobKind
from plateau.jobs.models import Job, JobState
from plateau.jobs.services import Claim, LeaseLost

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Order:
    queue: str = "default"


TEST = JobKind("test", Order, queue=lambda order: order.queue)


@pytest.fixture(autouse=True)
def do():
    """Register the kind of these tests; called with a handler, have that one do it."""

    def by(handler) -> None:
        JOB_KINDS.remove(TEST.key)
        JOB_KINDS.register(TEST, handler=handler)

    JOB_KINDS.register(TEST, handler="plateau.jobs.nowhere")
    yield by
    JOB_KINDS.remove(TEST.key)


@pytest.fixture
def job(people):
    return services.submit(TEST, Order(), actor=people.actor())


def silent(job: Job) -> None:
    """The worker of a job went silent a while ago."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_message_delivered_twice_runs_once(job):
    assert services.claim_next(queue="default", worker="a") == Claim(job.pk, 1)
    assert services.claim_next(queue="default", worker="b") is None


def test_what_waits_in_the_queue_of_a_lost_worker_is_told_anew(people, job):
    """Its messages were in that worker's hands; without this they would wait five minutes."""
    second_job = services.submit(TEST, Order(), actor=people.actor())
    elsewhere = services.submit(TEST, Order("gpu"), actor=people.actor())
    Job.objects.update(dispatched_at=timezone.now(), max_attempts=1)
    assert services.claim_next(queue="default", worker="a") == Claim(job.pk, 1)
    assert services.requeue_lost() == []
    silent(job)
    assert services.requeue_lost() == [second_job.pk]
    assert Job.objects.get(pk=job.pk).state == "failed"
    assert Job.objects.get(pk=elsewhere.pk).state == "queued"


def test_a_job_that_lost_its_worker_twice_waits_for_the_others(people, job):
    second_job = services.submit(TEST, Order(), actor=people.actor())
    for attempt in (1, 2):
        assert services.claim_next(queue="default", worker="a") == Claim(job.pk, attempt)
        silent(job)
        services.requeue_lost()
    assert services.claim_next(queue="default", worker="b") == Claim(second_job.pk, 1)
    assert services.claim_next(queue="default", worker="b") == Claim(job.pk, 3)


def test_a_lost_job_is_queued_again_and_the_old_worker_can_write_no_more(job):
    old = services.claim_next(queue="default", worker="a")
    silent(job)
    services.requeue_lost()
    new = services.claim_next(queue="default", worker="b")
    assert new == Claim(job.pk, 2)
    with pytest.raises(LeaseLost):
        services.report(claim=old, done=5, total=10)
    with pytest.raises(LeaseLost):
        services.end(claim=old, state=JobState.DONE)
    services.end(claim=new, state=JobState.DONE, result={"x": 1})
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"x": 1})


def test_a_job_that_kills_its_worker_every_time_fails_with_a_reason(job):
    for _ in range(job.max_attempts):
        services.claim_next(queue="default", worker="a")
        silent(job)
        services.requeue_lost()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "worker was lost" in job.error


def test_a_lost_job_that_was_to_be_cancelled_is_cancelled(job):
    services.claim_next(queue="default", worker="a")
    services.request_cancel(job=job)
    silent(job)
    services.requeue_lost()
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_queued_job_is_cancelled_at_once_and_an_ended_one_is_not(job):
    assert services.request_cancel(job=job).state == "cancelled"
    with pytest.raises(Conflict, match="already has the state cancelled"):
        services.request_cancel(job=job)


def test_what_the_broker_never_got_is_handed_over_again(job, monkeypatch):
    handed = []
    monkeypatch.setattr(services.current_app, "send_task", lambda *args, **options: handed.append(options["args"]))
    Job.objects.filter(pk=job.pk).update(dispatched_at=None, created_at=timezone.now() - timedelta(seconds=5))
    assert services.requeue_lost() == [job.pk]
    assert handed == [[job.pk]]


def test_a_broker_that_is_away_does_not_lose_the_job(people, settings, monkeypatch, django_capture_on_commit_callbacks):
    def away(*args, **options):
        raise ConnectionError("no broker")

    monkeypatch.setattr(services.current_app, "send_task", away)
    with django_capture_on_commit_callbacks(execute=True):
        job = services.submit(TEST, Order(), actor=people.actor())
    job.refresh_from_db()
    assert (job.state, job.dispatched_at) == ("queued", None)


@pytest.mark.django_db(transaction=True)
def test_a_handler_that_raises_ends_the_job_as_failed_with_its_first_line(people, do):
    job = services.submit(TEST, Order(), actor=people.actor())

    def boom(running: Running):
        raise ValueError("no such picture")

    do(boom)
    tasks.run(Job.objects.get().pk)
    body = people.client().get(f"/api/v1/jobs/{job.pk}/").json()
    assert (body["state"], body["error"]) == ("failed", "ValueError: no such picture")


def order(people, organization: str, count: int, queue: str = "gpu", **extra) -> list[Job]:
    actor = people.actor("admin", organization)
    return [services.submit(TEST, Order(queue), actor=actor, **extra) for _ in range(count)]


def turns(count: int) -> list[int]:
    claims = [services.claim_next(queue="gpu", worker=f"host-{number}") for number in range(count)]
    return [claim.job_id for claim in claims if claim is not None]


def test_organizations_take_turns_however_many_jobs_one_of_them_has(people):
    many, few = order(people, "ours", 6), order(people, "theirs", 2)
    assert turns(4) == [many[0].pk, few[0].pk, many[1].pk, few[1].pk]
    assert turns(9) == [job.pk for job in many[2:]]


def test_within_an_organization_priority_comes_before_age(people):
    first, second, third = order(people, "ours", 3)
    services.set_priority(actor=people.actor(), job=third, priority=5)
    assert turns(3) == [third.pk, first.pk, second.pk]


def test_a_quota_is_kept_and_a_job_that_ends_makes_room(people):
    from django.core.management import call_command

    call_command("set_quota", "ours", "gpu", "2")
    own_jobs, others = order(people, "ours", 4), order(people, "theirs", 1)
    assert turns(9) == [own_jobs[0].pk, others[0].pk, own_jobs[1].pk]
    services.end(claim=Claim(own_jobs[0].pk, 1), state=JobState.DONE)
    assert turns(9) == [own_jobs[2].pk]
    call_command("set_quota", "ours", "gpu", "none")
    assert turns(9) == [own_jobs[3].pk]


def test_one_message_works_the_queue_off_so_that_a_lost_message_loses_nothing(people, do, monkeypatch):
    done = []

    def work(running: Running) -> dict:
        done.append(running.claim.job_id)
        return {}

    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)  # the test's own would be closed
    do(work)
    jobs = order(people, "ours", 3)
    tasks.run(jobs[-1].pk)
    assert done == [job.pk for job in jobs]
    tasks.run(jobs[0].pk)
    assert len(done) == 3


def test_work_that_hangs_is_shown_and_freed_and_its_worker_can_write_no_more(people, make_project):
    job = order(people, "ours", 1)[0]
    client = people.client("manager")
    assert client.get("/api/v1/jobs/?state=stalled").json()["results"] == []
    held = services.claim_next(queue="gpu", worker="host-1:77")
    silent(job)
    (row,) = client.get("/api/v1/jobs/?state=stalled").json()["results"]
    assert (row["id"], row["stall_reason"], row["worker"]) == (job.pk, "worker_lost", "host-1:77")
    customer = people.client("customer")
    project = make_project(items=0)
    people.assign(project)
    Job.objects.update(project_id=project.pk)
    assert customer.get("/api/v1/jobs/?state=stalled").json()["code"] == "missing_scope"
    (running,) = customer.get("/api/v1/jobs/?state=running").json()["results"]
    assert (running["id"], running["worker"]) == (job.pk, "")
    assert customer.get("/api/v1/jobs/?state=queued").json()["results"] == []
    assert people.client("manager", "theirs").post(f"/api/v1/jobs/{job.pk}/requeue/").status_code == 404
    assert client.post(f"/api/v1/jobs/{job.pk}/requeue/").json()["state"] == "queued"
    with pytest.raises(LeaseLost):
        services.report(claim=held, done=1, total=2)
    again = services.claim_next(queue="gpu", worker="host-2")
    assert again.attempt > held.attempt
    services.end(claim=again, state=JobState.DONE)
    refused = client.post(f"/api/v1/jobs/{job.pk}/requeue/")
    assert (refused.status_code, refused.json()["code"]) == (409, "job_ended")


def test_a_failed_job_starts_again_once_however_often_it_is_asked_for(people):
    other, job = order(people, "ours", 2)
    client, address = people.client("manager"), f"/api/v1/jobs/{job.pk}/"
    held = services.claim_job(job_id=job.pk, worker="host-1")
    assert client.post(f"{address}restart/").json()["state"] == "running"  # nothing to do
    services.end(claim=held, state=JobState.FAILED, error="boom")
    assert client.get(address).json()["restart_refusal"] == ""
    assert people.client("customer").post(f"{address}restart/").status_code == 403
    for _ in range(2):
        shown = client.post(f"{address}restart/").json()
        assert (shown["state"], shown["error"], shown["ended_at"]) == ("queued", "", None)
    assert AuditEvent.objects.filter(action="job.restarted").count() == 1
    again = services.claim_job(job_id=job.pk, worker="host-2")
    assert again.attempt > held.attempt
    with pytest.raises(LeaseLost):
        services.report(claim=held, done=1, total=2)
    services.end(claim=again, state=JobState.DONE)
    refused = client.post(f"{address}restart/")
    assert (refused.status_code, refused.json()["code"]) == (409, "job_not_failed")
    services.request_cancel(job=other)
    assert client.post(f"/api/v1/jobs/{other.pk}/restart/").json()["code"] == "job_not_failed"


def test_a_job_that_was_ordered_again_or_that_nobody_does_is_not_restarted(people):
    first, later = (services.submit(TEST, Order("gpu"), actor=people.actor()) for _ in range(2))
    unknown = Job.objects.create(organization_id=first.organization_id, kind="gone", queue="gpu")
    Job.objects.update(state=JobState.FAILED, ended_at=timezone.now())
    client = people.client("manager")
    for job, code in ((first, "job_repeated"), (unknown, "job_not_restartable")):
        refused = client.post(f"/api/v1/jobs/{job.pk}/restart/")
        assert (refused.status_code, refused.json()["code"]) == (409, code)
    assert client.post(f"/api/v1/jobs/{later.pk}/restart/").json()["state"] == "queued"
    Job.objects.filter(pk=later.pk).update(state=JobState.FAILED, payload={"queue": ["of another version"]})
    assert client.post(f"/api/v1/jobs/{later.pk}/restart/").json()["code"] == "job_not_restartable"


def test_a_restarted_job_counts_as_waiting_only_since_then(people):
    job = order(people, "ours", 1)[0]
    long_ago = timezone.now() - timedelta(hours=1)
    Job.objects.update(created_at=long_ago, state=JobState.FAILED, ended_at=long_ago)
    client = people.client("manager")
    client.post(f"/api/v1/jobs/{job.pk}/restart/")
    assert client.get("/api/v1/jobs/?state=stalled").json()["results"] == []
    Job.objects.update(queued_at=long_ago)
    assert len(client.get("/api/v1/jobs/?state=stalled").json()["results"]) == 1


def test_leases_follow_the_databases_clock_not_the_hosts(people, monkeypatch):
    from django.utils import timezone as clock

    job = order(people, "ours", 1)[0]
    ahead = clock.now() + timedelta(hours=5)
    monkeypatch.setattr(clock, "now", lambda: ahead)
    held = services.claim_next(queue="gpu", worker="a host five hours ahead")
    services.requeue_lost()
    services.report(claim=held, done=1, total=2)
    monkeypatch.setattr(clock, "now", lambda: ahead - timedelta(hours=10))
    services.heartbeat(claim=held)
    services.requeue_lost()
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("running", 1)


def test_an_organizations_jobs_go_to_the_workers_it_was_given(people):
    call_command("set_quota", "ours", "gpu", "2", stdout=StringIO())
    waiting = services.submit(TEST, Order("gpu"), actor=people.actor())
    output = StringIO()
    call_command("set_route", "ours", "gpu", "gpu-ours", stdout=output)
    assert "1 waiting jobs with it" in output.getvalue()
    later = services.submit(TEST, Order("gpu"), actor=people.actor())
    foreign_job = services.submit(TEST, Order("gpu"), actor=people.actor("admin", "theirs"))
    elsewhere = services.submit(TEST, Order("cpu"), actor=people.actor())
    waiting.refresh_from_db()
    assert [job.queue for job in (waiting, later, foreign_job, elsewhere)] == ["gpu-ours", "gpu-ours", "gpu", "cpu"]
    assert services.claim_next(queue="gpu", worker="everybody's").job_id == foreign_job.pk
    assert services.claim_next(queue="gpu", worker="everybody's") is None
    assert services.claim_next(queue="gpu-ours", worker="theirs").job_id == waiting.pk
    call_command("set_route", "ours", "gpu", "none", stdout=StringIO())
    assert services.claim_next(queue="gpu", worker="everybody's").job_id == later.pk
    for wrong in (("nobody", "gpu", "x"), ("ours", "gpu", "Not A Label")):
        with pytest.raises(CommandError):
            call_command("set_route", *wrong)


def cut_connection() -> None:
    """End our own connection, as a restart of PostgreSQL does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def run(job: Job) -> None:
    tasks.run.apply(args=[job.pk])
    job.refresh_from_db()


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_database_went_away_goes_on_in_its_next_attempt(people, do):
    attempts = []

    def handler(running: Running) -> dict:
        attempts.append(running.claim.attempt)
        if len(attempts) == 1:
            cut_connection()
        return {"attempts": len(attempts)}

    do(handler)
    job = services.submit(TEST, Order(), actor=people.actor())
    run(job)
    assert (job.state, job.result, attempts) == ("done", {"attempts": 2}, [1, 2])


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_in_every_attempt_fails_the_job(people, do):
    do(lambda running: cut_connection() or {})
    job = services.submit(TEST, Order(), actor=people.actor())
    run(job)
    assert (job.state, job.attempt, job.max_attempts) == ("failed", 3, 3)
    assert "OperationalError" in job.error


@pytest.mark.django_db(transaction=True)
def test_what_is_safe_is_written_again_after_a_lost_connection(people, do):
    def handler(running: Running) -> dict:
        with suppress(OperationalError):
            cut_connection()
        running.report(done=1, total=2)
        with suppress(OperationalError):
            cut_connection()
        return {"a": 1}  # and is closed by a connection that is gone

    do(handler)
    job = services.submit(TEST, Order(), actor=people.actor())
    with suppress(OperationalError):
        cut_connection()
    run(job)
    assert (job.state, job.attempt, job.done, job.result) == ("done", 1, 1, {"a": 1})


@pytest.mark.django_db(transaction=True)
def test_an_end_that_was_written_before_the_connection_was_lost_is_not_one_of_another_attempt(people, do, monkeypatch):
    end, calls = services.end, []

    def end_and_lose(**arguments) -> None:
        end(**arguments)
        calls.append(arguments)
        if len(calls) == 1:
            cut_connection()

    monkeypatch.setattr(services, "end", end_and_lose)
    do(lambda running: {"a": 1})
    job = services.submit(TEST, Order(), actor=people.actor())
    run(job)
    assert (job.state, job.result, len(calls)) == ("done", {"a": 1}, 1)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_done_again_within_a_transaction(people):
    calls = []

    def action() -> None:
        calls.append(1)
        raise OperationalError

    with pytest.raises(OperationalError), transaction.atomic():
        retrying(action)
    with pytest.raises(OperationalError):
        retrying(action, waits=(0.0, 0.0))
    assert len(calls) == 1 + 3
