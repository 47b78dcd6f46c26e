from datetime import timedelta

import pytest
from django.utils import timezone

from plateau.jobs import services, tasks
from plateau.jobs.handlers import Running, register
from plateau.jobs.models import Job, JobState
from plateau.jobs.services import Claim, LeaseLost
from plateau.kernel.errors import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(people):
    return services.submit(actor=people.actor(), kind="test", queue="default", payload={})


def silent(job: Job) -> None:
    """The worker of a job went silent a while ago."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_message_delivered_twice_runs_once(job):
    assert services.claim(job_id=job.pk, worker="a") == Claim(job.pk, 1)
    assert services.claim(job_id=job.pk, worker="b") is None


def test_a_lost_job_is_queued_again_and_the_old_worker_can_write_no_more(job):
    old = services.claim(job_id=job.pk, worker="a")
    silent(job)
    services.requeue_lost()
    new = services.claim(job_id=job.pk, worker="b")
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
        services.claim(job_id=job.pk, worker="a")
        silent(job)
        services.requeue_lost()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "worker was lost" in job.error


def test_a_lost_job_that_was_to_be_cancelled_is_cancelled(job):
    services.claim(job_id=job.pk, worker="a")
    services.request_cancel(job=job)
    silent(job)
    services.requeue_lost()
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_queued_job_is_cancelled_at_once_and_an_ended_one_is_not(job):
    assert services.request_cancel(job=job).state == "cancelled"
    with pytest.raises(Conflict, match="cancelled already"):
        services.request_cancel(job=job)


def test_what_the_broker_never_got_is_handed_over_again(job, monkeypatch):
    handed = []
    monkeypatch.setattr(services.app, "send_task", lambda *args, **options: handed.append(options["args"]))
    Job.objects.filter(pk=job.pk).update(dispatched_at=None, created_at=timezone.now() - timedelta(seconds=5))
    assert services.requeue_lost() == [job.pk]
    assert handed == [[job.pk]]


def test_a_broker_that_is_away_does_not_lose_the_job(people, settings, monkeypatch, django_capture_on_commit_callbacks):
    def away(*args, **options):
        raise ConnectionError("no broker")

    monkeypatch.setattr(services.app, "send_task", away)
    with django_capture_on_commit_callbacks(execute=True):
        job = services.submit(actor=people.actor(), kind="test", queue="default", payload={})
    job.refresh_from_db()
    assert (job.state, job.dispatched_at) == ("queued", None)


@pytest.mark.django_db(transaction=True)
def test_a_handler_that_raises_ends_the_job_as_failed_with_its_first_line(people):
    job = services.submit(actor=people.actor(), kind="boom", queue="default", payload={})

    def boom(running: Running):
        raise ValueError("no such picture")

    register("boom", boom)
    tasks.run(job.pk)
    answer = people.client().get(f"/api/v1/jobs/{job.pk}/").json()
    assert (answer["state"], answer["error"]) == ("failed", "ValueError: no such picture")
