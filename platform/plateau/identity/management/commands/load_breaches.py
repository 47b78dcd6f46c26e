"""`manage.py load_breaches FILE`: passwords of past breaches, for the check of new ones."""

import re
from argparse import ArgumentParser
from pathlib import Path

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from plateau.identity.passwords import WIDTH

_LINE = re.compile(rb"^([0-9A-Fa-f]{40})(?::\d+)?\s*$")


class Command(BaseCommand):
    """Turns a list of SHA-1 hashes into the file that `is_breached` searches."""

    help = "Load a list of breached passwords: SHA-1 in hex, one a line, with or without `:count`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The list."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: object, file: Path, **options: object) -> None:
        """Write beside the old one and put it in its place at the end."""
        rows = bytearray()
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                match = _LINE.match(line)
                if match is None:
                    raise CommandError(f"{file.name}:{number}: no SHA-1 hash in hex")
                rows += bytes.fromhex(match[1][: 2 * WIDTH].decode())
        sorted_rows = np.unique(np.frombuffer(bytes(rows), dtype=">u8"))
        target = Path(settings.BREACH_LIST)
        beside = target.with_suffix(".new")
        beside.write_bytes(sorted_rows.tobytes())
        beside.replace(target)
        self.stdout.write(f"{len(sorted_rows)} passwords in {target}")
