"""`manage.py storage_sources`: which folders of the storage organizations may read as `storage:NAME/…`."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug

from plateau.datalake import services
from plateau.datalake.models import StorageSource
from plateau.identity.models import Organization


class Command(BaseCommand):
    """Lists, grants and revokes."""

    help = "List the sources of organizations, or grant or revoke one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--organization SLUG`, with `--grant NAME --prefix imports/FOLDER` or `--revoke NAME`."""
        parser.add_argument("--organization", help="slug of the organization; all where it is left out")
        change = parser.add_mutually_exclusive_group()
        change.add_argument("--grant", metavar="NAME", help="grant a source of this name, or change its folder")
        change.add_argument("--revoke", metavar="NAME", help="revoke the source of this name")
        parser.add_argument("--prefix", help="the folder, below imports/")

    def handle(self, *args: object, **options: Any) -> None:
        """Change one, or print all."""
        slug = options["organization"]
        organization = Organization.objects.filter(slug=slug).first() if slug else None
        if slug and organization is None:
            raise CommandError(f"There is no organization {slug}.")
        if options["grant"] or options["revoke"]:
            if organization is None:
                raise CommandError("Name the organization by --organization SLUG.")
            self._change(organization, options["grant"], options["revoke"], options["prefix"])
            return
        rows = StorageSource.objects.select_related("organization").order_by("organization__slug", "name")
        for row in rows.filter(organization=organization) if organization else rows:
            self.stdout.write(f"{row.organization.slug}\t{row.name}\t{row.prefix}/")

    def _change(self, organization: Organization, grant: str | None, revoke: str | None, prefix: str | None) -> None:
        if grant is not None:
            try:
                validate_slug(grant)
                services.grant_source(organization=organization, name=grant, prefix=prefix or "")
            except (ValidationError, ValueError) as error:
                raise CommandError(str(getattr(error, "message", error))) from error
            return
        row = StorageSource.objects.filter(organization=organization, name=revoke).first()
        if row is None:
            raise CommandError(f"{organization.slug} has no source {revoke}.")
        services.revoke_source(row)
