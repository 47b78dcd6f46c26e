"""Ordered catalogs: our own entries, then those of other packages by entry point."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import entry_points
from threading import RLock
from typing import ClassVar, Generic, TypeVar

Entry = TypeVar("Entry")


class Catalog(Mapping[str, Entry], Generic[Entry]):
    """Entries by their `key`, in the order in which they were added.

    Another package adds its own under an entry point group: an entry, or a class of which one is made without
    arguments. They are loaded when the catalog is first read, so that such a package can import this one.

    >>> from collections import namedtuple
    >>> Shade = namedtuple("Shade", "key")
    >>> shades = Catalog([Shade("dark")], entry_type=Shade, group="example.shades", noun="shade")
    >>> with shades.including(Shade("light")):
    ...     list(shades)
    ['dark', 'light']
    >>> list(shades)
    ['dark']
    """

    key_pattern: ClassVar[str] = r"[a-z][a-z0-9_]*"

    def __init__(
        self,
        entries: Iterable[Entry] = (),
        *,
        entry_type: type[Entry],
        group: str,
        noun: str = "entry",
        longest_key: int = 40,
    ) -> None:
        """Begin with `entries`; messages call each `noun`, and keys have up to `longest_key` characters."""
        self._by_key: dict[str, Entry] = {}
        self._entry_type, self._group, self._noun, self._longest_key = entry_type, group, noun, longest_key
        self._is_loaded = self._is_loading = False
        self._lock = RLock()
        for entry in entries:
            self.add(entry)

    def key_of(self, entry: Entry) -> object:
        """What an entry goes by; no key where this is no text."""
        return getattr(entry, "key", None)

    def add(self, entry: Entry) -> None:
        """Put an entry behind the others.

        Raises:
            ValueError: its key is no key, or another entry has it.
        """
        key = self.key_of(entry) if isinstance(entry, self._entry_type) else None
        if not isinstance(key, str) or len(key) > self._longest_key or not re.fullmatch(self.key_pattern, key):
            raise ValueError(
                f"{entry!r} is no {self._noun} with a key of up to {self._longest_key} small letters, digits and _"
            )
        if key in self._by_key:
            raise ValueError(f"the key {key!r} has a {self._noun} already: {self._by_key[key]!r}")
        self._by_key[key] = entry

    def remove(self, key: str) -> None:
        """Take an entry away.

        Raises:
            KeyError: there is none of this key.
        """
        self[key]  # refuses what is not there in the words of the catalog
        del self._by_key[key]

    @contextmanager
    def including(self, *entries: Entry) -> Iterator[None]:
        """With these entries besides, within the block; all of them or none."""
        self._load()
        before = dict(self._by_key)
        try:
            for entry in entries:
                self.add(entry)
            yield
        finally:
            self._by_key = before

    @contextmanager
    def without(self, *keys: str) -> Iterator[None]:
        """Without these entries within the block."""
        self._load()
        before = dict(self._by_key)
        try:
            for key in keys:
                self.remove(key)
            yield
        finally:
            self._by_key = before

    def __getitem__(self, key: str) -> Entry:
        if not self._is_loaded:
            self._load()
        return self._by_key[key]

    def __iter__(self) -> Iterator[str]:
        self._load()
        return iter(list(self._by_key))

    def __len__(self) -> int:
        self._load()
        return len(self._by_key)

    def _load(self) -> None:
        """Add what other packages bring; they may read the catalog while they are loaded.

        Raises:
            RuntimeError: naming the entry point that cannot be loaded or gives no entry.
        """
        if self._is_loaded:
            return
        with self._lock:
            if self._is_loaded or self._is_loading:
                return
            self._is_loading, before = True, dict(self._by_key)
            try:
                for point in sorted(entry_points(group=self._group), key=lambda point: (point.name, point.value)):
                    try:
                        loaded = point.load()
                        self.add(loaded() if isinstance(loaded, type) else loaded)
                    except Exception as error:
                        raise RuntimeError(
                            f"The entry point {point.name} = {point.value} of {self._group} cannot be used: {error}. "
                            "Mend or remove the package that declares it."
                        ) from error
                self._is_loaded = True
            except RuntimeError:
                self._by_key = before
                raise
            finally:
                self._is_loading = False
