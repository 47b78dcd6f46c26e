"""`manage.py seed_demo`: a believable organization to look around in."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from workers.demo import services


class Command(BaseCommand):
    """Safe to repeat."""

    help = "Make the demo organization, and let a worker fill it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--announce` prints the sign-ins in a frame."""
        parser.add_argument("--announce", action="store_true")

    def handle(self, *args: object, **options: object) -> None:
        """Print role, address and generated password of each person."""
        people = services.create_people()
        job = services.order_filling()
        if options["announce"]:
            self.stdout.write("Demo sign-ins (generated for this installation):")
        for person in people:
            self.stdout.write(f"  {person['role']:<10} {person['email']:<24} {person['password']}")
        if not people:
            self.stdout.write("  (the organization was made before; its sign-ins file is gone: use its admin account)")
        if job is not None:
            self.stdout.write("Pictures, labels, a model and a learning curve arrive within two minutes.")
