"""Every file of the storage, wherever it lies: a folder or a bucket."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import default_storage


def every_file() -> Iterator[tuple[str, int]]:
    """(key, bytes) of each file, MLflow's artifacts among them."""
    bucket: Any = getattr(default_storage, "bucket", None)
    if bucket is not None:
        yield from ((file.key, file.size) for file in bucket.objects.all())
        return
    root = Path(default_storage.path(""))
    if root.is_dir():
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(root).as_posix(), path.stat().st_size


def fetch(key: str, target: IO[bytes]) -> None:
    """Write the file's bytes to `target`."""
    with opened(key) as source:
        shutil.copyfileobj(source, target, 1 << 20)


def opened(key: str) -> IO[bytes]:
    """The file, to be read and closed.

    Raises:
        FileNotFoundError: there is none.
    """
    file: IO[bytes] = default_storage.open(key, "rb")
    return file


def put(key: str, source: IO[bytes]) -> None:
    """Store the file under exactly this key."""
    bucket: Any = getattr(default_storage, "bucket", None)
    if bucket is not None:
        bucket.upload_fileobj(source, key)
        return
    path = Path(default_storage.path(key))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    beside.replace(path)
