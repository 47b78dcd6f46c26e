"""`manage.py recount_storage`."""

from django.core.management.base import BaseCommand

from plateau.identity.models import Organization
from plateau.quotas.storage import recount


class Command(BaseCommand):
    """Walks through the whole storage."""

    help = "Count each organization's files anew, correct the counters, and print the differences."

    def handle(self, *args: object, **options: object) -> None:
        """Count."""
        slugs = dict(Organization.objects.values_list("pk", "slug"))
        for organization_id, (before, after) in recount().items():
            self.stdout.write(f"{slugs[organization_id]}\t{before}\t{after}\t{after - before:+d}")
