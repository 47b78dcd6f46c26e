"""`manage.py ingest PATH --dataset D`: a folder, a zip, an image, or a CSV or JSONL list."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError

from plateau.access.scopes import Scope
from plateau.datalake import hooks, services
from plateau.datalake.models import Dataset
from plateau.identity.authentication import actor_of_membership
from plateau.identity.models import Membership


class Command(BaseCommand):
    """Take files in, here and now, through the same services as the upload page."""

    help = "Take a folder, a zip, an image or a list of addresses into a dataset."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """PATH, `--dataset`, `--email`."""
        parser.add_argument("path", type=Path)
        parser.add_argument("--dataset", required=True, help="name; made if it is not there")
        parser.add_argument("--email", help="the member who does it; by default the first admin")

    def handle(self, *args: object, **options: Any) -> None:
        """Ingest and print what was added and what was set aside."""
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"There is no {path}.")
        rows = Membership.objects.select_related("user").filter(is_active=True).order_by("pk")
        rows = (
            rows.filter(user__email=options["email"].lower()) if options["email"] else rows.granted(Scope.MEMBERS_WRITE)
        )
        membership = rows.first()
        if membership is None:
            raise CommandError("No such member; name one with --email.")
        actor = actor_of_membership(membership)
        dataset = Dataset.objects.visible_to(actor).filter(name=options["dataset"]).first()
        dataset = dataset or services.create_dataset(actor=actor, name=options["dataset"])
        batch = services.open_batch(actor=actor, dataset=dataset)
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        for number, file in enumerate(files, start=1):
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            with file.open("rb") as stream:
                staged = services.stage_file(batch=batch, name=name, file=File(stream, name=name))
            for _ in services.ingest_file(batch=batch, staged=staged):
                pass
            if number % 100 == 0 or number == len(files):
                self.stdout.write(f"{number} of {len(files)} files")
        batch.state = "started"
        batch.save(update_fields=["state"])
        hooks.items_added(dataset.pk)
        batch.refresh_from_db()
        for finding in batch.findings.order_by("pk"):
            self.stdout.write(f"set aside: {finding.name}: {finding.message} ({finding.code})")
        self.stdout.write(f"{batch.added} added, {batch.duplicates} already there, {batch.rejected} set aside")
        if not batch.added and not batch.duplicates:
            raise CommandError(services.describe_findings(batch))
