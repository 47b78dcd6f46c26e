"""`manage.py remake_pictures`: what is shown of pictures that came in before, made as it is made today."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from labelkit.media import UnreadableFile
from plateau.datalake.models import Asset
from plateau.datalake.services import renew_previews


class Command(BaseCommand):
    """Go through all assets, while everything runs; begun again, it goes on at `--after`."""

    help = "Make displays, thumbnails, fingerprints and tiles of stored pictures anew where they would differ today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--after`."""
        parser.add_argument("--after", type=int, default=0, help="the last asset that was looked at; it tells them")

    def handle(self, *args: object, **options: object) -> None:
        """Remake, and print what changed and what could not be read."""
        changed = failed = read = 0
        for asset in Asset.objects.filter(pk__gt=options["after"]).order_by("pk").iterator(chunk_size=200):
            try:
                changed += renew_previews(asset)
            except (UnreadableFile, OSError) as error:
                failed += 1
                self.stderr.write(f"asset {asset.pk} is left as it was: {error}")
            read += 1
            if read % 1000 == 0:
                self.stdout.write(f"{read} pictures, {changed} made anew; at asset {asset.pk}")
        self.stdout.write(f"{read} pictures: {changed} made anew, {failed} left as they were")
