"""`manage.py create_token --email E --scopes projects.read,labels.write` prints a token."""

from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from plateau.http.errors import APIError
from plateau.identity import services
from plateau.identity.authentication import actor_of_membership
from plateau.identity.models import Membership


class Command(BaseCommand):
    """Make a personal token from the shell."""

    help = "Print a new personal API token."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--email`, `--scopes`, `--name`."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--organization", help="slug, of whoever belongs to several; the oldest where left out")
        parser.add_argument("--scopes", nargs="+", default=["all"], help="scopes, or `all` that the role has")
        parser.add_argument("--name", default="command line")

    def handle(self, *args: object, **options: Any) -> None:
        """Print the secret alone, so that a script can catch it."""
        rows = Membership.objects.select_related("user").filter(is_active=True)
        if options["organization"]:
            rows = rows.filter(organization__slug=options["organization"])
        membership = rows.filter(user__email=options["email"].lower()).order_by("pk").first()
        if membership is None:
            raise CommandError(f"No active member has the address {options['email']}.")
        actor = replace(actor_of_membership(membership), second_factor=True)  # the operator vouches for the person
        scopes = [part for word in options["scopes"] for part in word.split(",") if part]
        if scopes == ["all"]:
            scopes = sorted(actor.scopes)
        try:
            _, secret = services.create_token(actor=actor, name=options["name"], scopes=scopes)
        except APIError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(secret)
