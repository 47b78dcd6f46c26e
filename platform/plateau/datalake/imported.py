"""Files that operators put into the storage below `imports/`; `storage:PATH` names one in a source of the organization.

A source is a folder that an operator granted (`StorageSource`). `storage:NAME/PATH` leads into the source of that name;
any other path into the one that is called like the organization's slug.
"""

import re
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

from labelkit.media import UnreadableFile
from plateau.datalake.models import StorageSource
from plateau.http.errors import NotFound

SCHEME = "storage:"
ROOT = "imports"
_PREFIX = re.compile(rf"{ROOT}(/[\w.@+-][\w.@ +-]*)+")
_LONGEST = 1024  # bytes of a key on S3


class Sources:
    """The folders that an organization may read, by name; `own` is the name of the one that need not be named."""

    def __init__(self, *, own: str, prefixes: dict[str, str]) -> None:
        self._own, self._prefixes = own, prefixes

    @classmethod
    def of(cls, organization_id: int) -> "Sources":
        """Those that are granted now."""
        rows = StorageSource.objects.filter(organization_id=organization_id).values_list(
            "name", "prefix", "organization__slug"
        )
        granted = list(rows)
        own = granted[0][2] if granted else ""
        return cls(own=own, prefixes={name: prefix for name, prefix, _ in granted})

    def key_of(self, uri: str) -> str:
        """The storage's key of a file.

        On a bucket the file need not be there.

        Raises:
            UnreadableFile: the path leads out of what is granted, also by a symbolic link, or to no file.
        """
        name, _, rest = path_of(uri).partition("/")
        source, path = (name, rest) if name in self._prefixes and rest else (self._own, path_of(uri))
        if source not in self._prefixes:
            raise no_such_file()
        folder = self._prefixes[source]
        key = f"{folder}/{path}"
        storage: Any = default_storage
        if len(key.encode()) > _LONGEST or not (hasattr(storage, "bucket") or _is_inside(storage, key, folder)):
            raise no_such_file()
        return key


def path_of(uri: str) -> str:
    """The path of an address, in its shortest form.

    Raises:
        UnreadableFile: it leads out of the source, or nowhere.
    """
    # Storages on S3 take a backslash for a slash, and `..` for the folder above.
    parts = [part for part in uri.removeprefix(SCHEME).replace("\\", "/").split("/") if part not in ("", ".")]
    if not parts or ".." in parts or "\x00" in uri:
        raise UnreadableFile("unsafe_path", "The path is empty or outside the organization's storage folder.")
    return "/".join(parts)


def is_prefix(prefix: str) -> bool:
    """Whether a folder may be granted: one below `imports/`, in its shortest form."""
    return bool(_PREFIX.fullmatch(prefix)) and not {".", ".."} & set(prefix.split("/"))


def _is_inside(storage: Any, key: str, folder: str) -> bool:
    """True of a file on the disk that lies in the folder, links followed."""
    try:
        file, home = (Path(storage.path(name)).resolve() for name in (key, folder))
        return home in file.parents and file.is_file()
    except (OSError, RuntimeError):  # too long a name; links in a circle
        return False


def existing_key_of(*, organization_id: int, uri: str) -> str:
    """The same, for whoever asks for the file itself.

    Raises:
        NotFound: there is no such file for this organization.
    """
    try:
        key = Sources.of(organization_id).key_of(uri)
    except UnreadableFile:
        key = ""
    if not key or not default_storage.exists(key):
        raise NotFound(
            "The organization's sources in the storage have no such file. An administrator adds files there."
        )
    return key


def no_such_file() -> UnreadableFile:
    """What is said where nothing lies under a key, or it leads out of what is granted."""
    return UnreadableFile(
        "no_such_file",
        "The organization's sources in the storage have no such file. An administrator adds files there.",
    )
