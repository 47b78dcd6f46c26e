"""`manage.py set_limit ORGANIZATION QUOTA NUMBER`."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from plateau.access.scopes import system_actor
from plateau.audit.services import record
from plateau.identity.models import Organization
from plateau.quotas.models import OrganizationQuota, QuotaKind


class Command(BaseCommand):
    """For whoever runs the installation."""

    help = "Limit what an organization may use; `none` lifts the limit, `default` follows the settings again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, what, how much."""
        parser.add_argument("organization", help="its short name")
        parser.add_argument("quota", choices=QuotaKind.values)
        parser.add_argument("limit", help="a number (bytes, items, requests), none, or default")

    def handle(self, *args: object, organization: str, quota: str, limit: str, **options: object) -> None:
        """Set it."""
        row = Organization.objects.filter(slug=organization).first()
        if row is None:
            raise CommandError(f"There is no organization {organization!r}.")
        if limit == "default":
            OrganizationQuota.objects.filter(organization=row, kind=quota).delete()
        elif limit == "none" or (limit.isascii() and limit.isdigit() and int(limit) < 2**63):
            number = None if limit == "none" else int(limit)
            OrganizationQuota.objects.update_or_create(organization=row, kind=quota, defaults={"limit": number})
        else:
            raise CommandError(f"{limit!r} is neither a number, none nor default.")
        record(actor=system_actor(row.pk), action="quota.set", subject=row, quota=quota, limit=limit)
        self.stdout.write(f"{organization}: {quota} {limit}")
