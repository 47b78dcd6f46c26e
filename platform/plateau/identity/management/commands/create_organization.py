"""`manage.py create_organization --name N --email E`: the first admin of a new organization."""

import os
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from plateau.identity.models import User
from plateau.identity.services import create_organization


class Command(BaseCommand):
    """The password is asked for, or read from `PLATEAU_PASSWORD`; never an argument, which others could read."""

    help = "Make an organization with its first admin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--name`, `--email`, `--admin-name`."""
        parser.add_argument("--name", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--admin-name", default="Admin")

    def handle(self, *args: object, **options: Any) -> None:
        """Make them."""
        email = options["email"].strip().lower()
        if User.objects.filter(email=email).exists():
            raise CommandError(f"{email} already has an account.")
        password = os.environ.get("PLATEAU_PASSWORD") or getpass(f"Password for {email}: ")
        try:
            validate_password(password, User(email=email, name=options["admin_name"]))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        membership = create_organization(
            name=options["name"], admin_email=email, admin_name=options["admin_name"], password=password
        )
        self.stdout.write(f"{membership.organization.name} (slug: {membership.organization.slug}): sign in as {email}")
