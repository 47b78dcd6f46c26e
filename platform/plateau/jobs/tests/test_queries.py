from dataclasses import dataclass

import pytest

from plateau.jobs.kinds import JobKind
from plateau.jobs.models import Job, JobState
from plateau.jobs.queries import find_jobs, find_unfinished_jobs
from plateau.jobs.tests.factories import JobFactory

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Order:
    row_id: int


SUBJECT = {"organization": "organization_id", "row": "payload__row_id"}
READ = JobKind("read", Order, queue="cpu", subject=SUBJECT)
WRITE = JobKind("write", Order, queue="cpu", subject=SUBJECT)
ALONE = JobKind("alone", Order, queue="cpu")


@pytest.fixture
def jobs_by_name(people) -> dict[str, Job]:
    """A job of each kind and state, about the rows 1 and 2."""
    jobs = {}
    for kind in ("read", "write", "alone"):
        for row in (1, 2):
            for state in JobState.values:
                lease = {"lease_until": "2026-01-01T00:00:00Z"} if state == "running" else {}
                more = {"state": state, "payload": {"row_id": row}, **lease}
                jobs[f"{kind} {row} {state}"] = JobFactory(organization=people.organizations["ours"], kind=kind, **more)
    return jobs


def names_of(jobs_by_name: dict[str, Job], jobs) -> set[str]:
    known = {job.pk: name for name, job in jobs_by_name.items()}
    return {known[pk] for pk in jobs.values_list("pk", flat=True)}


def test_what_waits_or_runs_is_found_by_kind_and_subject_alone(people, jobs_by_name):
    ours, theirs = people.actor().organization_id, people.actor("admin", "theirs").organization_id
    assert names_of(jobs_by_name, find_unfinished_jobs(READ, organization=ours, row=1)) == {
        "read 1 queued",
        "read 1 running",
    }
    both = {"read 2 queued", "read 2 running", "write 2 queued", "write 2 running"}
    assert names_of(jobs_by_name, find_unfinished_jobs(READ, WRITE, organization=ours, row=2)) == both
    assert names_of(jobs_by_name, find_unfinished_jobs(ALONE)) == {
        f"alone {row} {state}" for row in (1, 2) for state in ("queued", "running")
    }
    assert not find_unfinished_jobs(READ, organization=theirs, row=1).exists()
    assert not find_unfinished_jobs(READ, organization=ours, row=3).exists()


def test_whatever_became_of_them_all_jobs_about_a_subject_are_found(people, jobs_by_name):
    written = find_jobs(WRITE, organization=people.actor().organization_id, row=1)
    assert names_of(jobs_by_name, written) == {f"write 1 {state}" for state in JobState.values}


@pytest.mark.parametrize(
    "subject", [{}, {"row": 1}, {"organization": 1, "row": 1, "project": 1}, {"organisation": 1, "row": 1}]
)
def test_a_subject_by_other_names_than_the_kinds_is_refused_and_never_means_all(subject):
    with pytest.raises(TypeError, match="Jobs of kind read are found by organization, row, not by"):
        find_unfinished_jobs(READ, **subject)
    with pytest.raises(TypeError, match="Jobs of kind alone are found by nothing, not by organization, row"):
        find_unfinished_jobs(ALONE, organization=1, row=1)


def test_of_no_kind_there_are_none(jobs_by_name):
    assert not find_jobs().exists()
