"""Files that operators put into the storage for an organization, below `imports/<slug>/`; `storage:PATH` names one."""

from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

from labelkit.media import UnreadableFile
from labelkit.messages import Message
from plateau.http.errors import NotFound

SCHEME = "storage:"
_LONGEST = 1024  # bytes of a key on S3


def path_of(uri: str) -> str:
    """The path of an address, in its shortest form.

    Raises:
        UnreadableFile: it leads out of the organization's folder, or nowhere.
    """
    # Storages on S3 take a backslash for a slash, and `..` for the folder above.
    parts = [part for part in uri.removeprefix(SCHEME).replace("\\", "/").split("/") if part not in ("", ".")]
    if not parts or ".." in parts or "\x00" in uri:
        raise UnreadableFile("unsafe_path", "The path is empty or outside the organization's storage folder.")
    return "/".join(parts)


def key_of(*, slug: str, uri: str) -> str:
    """The storage's key of a file of an organization; the path may begin with the organization's slug.

    On a bucket the file need not be there.

    Raises:
        UnreadableFile: the path leads out of the organization's folder, also by a symbolic link, or to no file.
    """
    folder = f"imports/{slug}"
    key = f"{folder}/{path_of(uri).removeprefix(f'{slug}/')}"
    storage: Any = default_storage
    if len(key.encode()) > _LONGEST or not (hasattr(storage, "bucket") or _is_inside(storage, key, folder)):
        raise no_such_file(key)
    return key


def _is_inside(storage: Any, key: str, folder: str) -> bool:
    """True of a file on the disk that lies in the folder, links followed."""
    try:
        file, home = (Path(storage.path(name)).resolve() for name in (key, folder))
        return home in file.parents and file.is_file()
    except (OSError, RuntimeError):  # too long a name; links in a circle
        return False


def existing_key_of(*, slug: str, uri: str) -> str:
    """The same, for whoever asks for the file itself.

    Raises:
        NotFound: there is no such file for this organization.
    """
    try:
        key = key_of(slug=slug, uri=uri)
    except UnreadableFile:
        key = ""
    if not key or not default_storage.exists(key):
        raise NotFound(
            Message(
                ("The storage has no such file in imports/{slug}/, the folder for files that an administrator adds."),
                slug=slug,
            )
        )
    return key


def no_such_file(key: str) -> UnreadableFile:
    """What is said where nothing lies under a key, or a link that leads out of the organization's folder."""
    return UnreadableFile(
        "no_such_file", Message("The storage has no file {key}. An administrator adds files there.", key=key[:200])
    )
