"""What a job writes is kept in order, to a limit, and read from any place."""

import pytest

from plateau.jobs import output
from plateau.jobs.models import JobOutput
from plateau.jobs.output import append_output, read_output
from plateau.jobs.services import Claim
from plateau.jobs.tests.factories import JobFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(people) -> Claim:
    job = JobFactory(organization=people.organizations["ours"], attempt=1)
    return Claim(job_id=job.pk, attempt=1)


def test_it_is_read_from_its_end_and_from_any_place(claim):
    append_output(claim, "one\n")
    append_output(claim, "two\x00\n")
    part = read_output(claim.job_id)
    assert (part.text, part.begin, part.end, part.size) == ("one\ntwo\ufffd\n", 0, 9, 9)
    assert read_output(claim.job_id, after=4).text == "two\ufffd\n"
    assert read_output(claim.job_id, after=9).text == ""
    assert read_output(claim.job_id, before=4, limit=2).text == "e\n"


def test_only_the_end_is_kept(claim, monkeypatch):
    monkeypatch.setattr(output, "CHUNK", 10)
    monkeypatch.setattr(output, "RETAINED", 30)
    append_output(claim, "".join(f"{number:09d}\n" for number in range(8)))
    part = read_output(claim.job_id, limit=1000)
    assert (part.size, part.oldest) == (80, 40)
    assert part.text.startswith("000000004")
    assert JobOutput.objects.count() == 4


def test_an_attempt_that_was_given_up_writes_no_more(claim):
    append_output(Claim(job_id=claim.job_id, attempt=0), "late")
    assert read_output(claim.job_id).size == 0
