"""`manage.py set_quota ORGANIZATION QUEUE NUMBER`."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from plateau.identity.models import Organization
from plateau.jobs.models import Quota


class Command(BaseCommand):
    """For whoever runs the machines: how many of them one organization may keep busy."""

    help = "Bound the jobs of a queue that an organization may have running at once; `none` takes the bound away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, where, how many."""
        parser.add_argument("organization", help="its short name")
        parser.add_argument("queue", help="default, cpu, gpu, or a label of set_route")
        parser.add_argument("most", help="a number, or none")

    def handle(self, *args: object, organization: str, queue: str, most: str, **options: object) -> None:
        """Set it."""
        row = Organization.objects.filter(slug=organization).first()
        if row is None:
            raise CommandError(f"there is no organization {organization!r}")
        if most == "none":
            Quota.objects.filter(organization=row, queue=queue).delete()
        elif most.isdigit() and 0 < int(most) < 10_000:
            Quota.objects.update_or_create(organization=row, queue=queue, defaults={"most_running": int(most)})
        else:
            raise CommandError(f"{most!r} is neither a number from 1 to 9999 nor none")
        self.stdout.write(f"{organization}: {queue} {most}")
