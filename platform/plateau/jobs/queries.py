"""Which jobs there are about something."""

from typing import Any

from django.db.models import Q, QuerySet

from plateau.jobs.kinds import JobKind
from plateau.jobs.models import UNDER_WAY, Job


def about(*kinds: JobKind[Any], **subject: Any) -> QuerySet[Job]:
    """Jobs of these kinds about a subject, by the names that the kinds give it: `about(EXPORT, version=7, …)`.

    Raises:
        TypeError: a kind gives its subject other names.
    """
    found = Q(pk__in=[])
    for kind in kinds:
        if subject.keys() != kind.subject.keys():
            named, given = ", ".join(kind.subject) or "nothing", ", ".join(subject) or "nothing"
            raise TypeError(f"Jobs of kind {kind.key} are found by {named}, not by {given}.")
        found |= Q(kind=kind.key, **{kind.subject[name]: value for name, value in subject.items()})
    return Job.objects.filter(found)


def under_way(*kinds: JobKind[Any], **subject: Any) -> QuerySet[Job]:
    """Those that wait or run.

    Raises:
        TypeError: as `about`.
    """
    return about(*kinds, **subject).filter(state__in=UNDER_WAY)
