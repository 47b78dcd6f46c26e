"""What a job writes while it works: its text in order, the last megabyte of it, readable while it goes on."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from plateau.jobs.models import Job, JobOutput
from plateau.jobs.services import Claim

RETAINED = 1_000_000  # characters of a job
CHUNK = 65_536  # characters of a row, at most


@dataclass(frozen=True)
class OutputPart:
    """A part of a job's output: characters `begin` to `end` of the `size` that there were so far.

    What lies before `oldest` is not kept any more.
    """

    text: str
    begin: int
    end: int
    size: int
    oldest: int


def append_output(claim: Claim, text: str) -> None:
    """Add text to a job's output; nothing, where another attempt owns the job by now."""
    text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    with transaction.atomic():
        if not Job.objects.select_for_update().filter(pk=claim.job_id, attempt=claim.attempt).exists():
            return
        end = _size(claim.job_id)
        for begin in range(0, len(text), CHUNK):
            part = text[begin : begin + CHUNK]
            JobOutput.objects.create(job_id=claim.job_id, begin=end, end=end + len(part), text=part)
            end += len(part)
        JobOutput.objects.filter(job_id=claim.job_id, end__lt=end - RETAINED).delete()


def read_output(job_id: int, *, after: int | None = None, before: int | None = None, limit: int = CHUNK) -> OutputPart:
    """At most `limit` characters from the place `after` on, or those up to the place `before`; else the newest."""
    size = _size(job_id)
    if after is not None:
        begin = min(after, size)
        end = min(size, begin + limit)
    else:
        end = size if before is None else min(before, size)
        begin = max(0, end - limit)
    rows = list(JobOutput.objects.filter(job_id=job_id, begin__lt=end, end__gt=begin).order_by("begin"))
    oldest = JobOutput.objects.filter(job_id=job_id).order_by("begin").values_list("begin", flat=True).first() or 0
    first = rows[0].begin if rows else begin
    text = "".join(row.text for row in rows)[max(0, begin - first) : end - first]
    begin = max(begin, first)
    return OutputPart(text=text, begin=begin, end=begin + len(text), size=size, oldest=oldest)


def _size(job_id: int) -> int:
    return int(JobOutput.objects.filter(job_id=job_id).aggregate(end=Max("end"))["end"] or 0)
