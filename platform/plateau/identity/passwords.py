"""Passwords that are known to attackers.

Looked up where they lie, without asking anybody: `manage.py load_breaches FILE` turns the list of
"Have I Been Pwned" (SHA-1, one a line, as its downloader writes it) into a sorted file of eight bytes a password, in
which a search takes about thirty steps. Without that file the 20,000 commonest of Django's own list are known.
"""

import hashlib
import mmap
from bisect import bisect_left
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

WIDTH = 8
CONTEXT = ("plateau", "annotation", "labeling", "labelling")  # what a guesser tries first here


class _HashPrefixes:
    """A sorted file of prefixes as a sequence; nothing of it is read but what a search looks at."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data = data

    def __len__(self) -> int:
        return len(self.data) // WIDTH

    def __getitem__(self, index: int) -> bytes:
        return self.data[index * WIDTH : (index + 1) * WIDTH]


def is_breached(password: str, path: Path) -> bool:
    """True where the password is in the file; a chance of one in 10^10 says so of one that is not."""
    if not path.exists() or path.stat().st_size < WIDTH:
        return False
    prefix = hashlib.sha1(password.encode(), usedforsecurity=False).digest()[:WIDTH]
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        rows = _HashPrefixes(data)
        index = bisect_left(rows, prefix)
        return index < len(rows) and rows[index] == prefix


class BreachedPasswordValidator(CommonPasswordValidator):
    """Refuses passwords of past breaches, and common ones with some digits or marks put at their ends."""

    def validate(self, password: str, user: object = None) -> None:
        """See Django's documentation of validators."""
        if any(word in password.lower() for word in CONTEXT):
            raise ValidationError("The password must not contain the name of this product.", code="context")
        stripped = password.lower().strip().strip("0123456789!?.,-_*#$@ ")
        if stripped in self.passwords or is_breached(password, Path(settings.BREACH_LIST)):
            raise ValidationError(
                "This password, or a similar one, appeared in a data breach. Choose another.", code="breached"
            )
