"""`manage.py set_route ORGANIZATION QUEUE LABEL`."""

import re
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from plateau.identity.models import Organization
from plateau.jobs.models import Job, JobState, Route


class Command(BaseCommand):
    """For whoever runs the machines: an organization's trainings on machines of its own."""

    help = (
        "Send an organization's jobs of a queue to workers that listen to a label "
        "(celery -A config worker --queues LABEL …); `none` sends them where everybody's go. Jobs that wait go along."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, from where, to where."""
        parser.add_argument("organization", help="its short name")
        parser.add_argument("queue", choices=("default", "cpu", "gpu"))
        parser.add_argument("label", help="small letters, digits and dashes, at most 16; or none")

    def handle(self, *args: object, organization: str, queue: str, label: str, **options: object) -> None:
        """Set it."""
        row = Organization.objects.filter(slug=organization).first()
        if row is None:
            raise CommandError(f"there is no organization {organization!r}")
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,15}", label):
            raise CommandError(f"{label!r} is no label: small letters, digits and dashes, at most 16")
        before = Route.objects.filter(organization=row, queue=queue).first()
        there = before.label if before else queue
        if label == "none":
            Route.objects.filter(organization=row, queue=queue).delete()
        else:
            Route.objects.update_or_create(organization=row, queue=queue, defaults={"label": label})
        to = queue if label == "none" else label
        waiting = Job.objects.filter(organization=row, queue=there, state=JobState.QUEUED)
        moved = waiting.update(queue=to, dispatched_at=None)  # the scheduler sends their messages anew
        self.stdout.write(f"{organization}: {queue} goes to {to}; {moved} waiting jobs with it")
