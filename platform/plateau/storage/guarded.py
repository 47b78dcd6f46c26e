"""The storage with a guard before every write: what must stay as it is cannot be overwritten or deleted, whoever asks.

An app that keeps files which never change adds a guard to `write_guards` when Django starts. MLflow writes its
artifacts by itself and asks the same guards (`registry/mlflow_store/artifacts.py`).
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Protocol

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

# Given a key, open while it is written or deleted; entering raises where it must stay as it is.
WriteGuard = Callable[[str], AbstractContextManager[None]]
write_guards: list[WriteGuard] = []
Placed = Callable[[str], None]  # told the key under which a file was placed


class Ledger(Protocol):
    """Counts the bytes of files; it refuses, by raising, what there is no room for."""

    def writing(self, key: str, size: int) -> AbstractContextManager[Placed]:
        """Open while a file of `size` bytes is written."""

    def deleted(self, key: str, *, is_folder: bool = False) -> None:
        """A file, or a folder with all that was in it, is gone."""


ledgers: list[Ledger] = []


@contextmanager
def counting(key: str, size: int) -> Iterator[Placed]:
    """Ask every ledger for room for a file; call what this yields with the key under which the file was placed."""
    with ExitStack() as stack:
        callbacks = [stack.enter_context(ledger.writing(key, size)) for ledger in ledgers]

        def placed(final_key: str) -> None:
            for callback in callbacks:
                callback(final_key)

        yield placed


def count_deleted(key: str, *, is_folder: bool = False) -> None:
    """Tell every ledger."""
    for ledger in ledgers:
        ledger.deleted(key, is_folder=is_folder)


@contextmanager
def writing(key: str) -> Iterator[None]:
    """Ask every guard; what they hold is held until the block ends."""
    with ExitStack() as stack:
        for guard in write_guards:
            stack.enter_context(guard(key))
        yield


class Guarded:
    """Both ways in which Django's storages change what is there."""

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """As the storage does."""
        key = name or content.name
        size = content.size if isinstance(content, File) else File(content).size
        with writing(key), counting(key, size) as placed:
            saved: str = super().save(name, content, max_length)  # type: ignore[misc]  # of the storage
            placed(saved)
            return saved

    def delete(self, name: str) -> None:
        """As the storage does."""
        with writing(name):
            super().delete(name)  # type: ignore[misc]  # of the storage
            count_deleted(name)

    def open(self, name: str, mode: str = "rb") -> Any:
        """As the storage does, to be read.

        Raises:
            ValueError: it is opened to be written, which no guard would see the end of.
        """
        if set(mode) & set("wax+"):
            raise ValueError("Files are written by `save`.")
        return super().open(name, mode)  # type: ignore[misc]  # of the storage


class GuardedFolder(Guarded, FileSystemStorage):
    """Files in a folder."""
