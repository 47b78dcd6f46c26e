"""The catalog of annotation types: ours in order, then those of other packages by entry point."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import entry_points
from threading import RLock

from labelkit.annotations.base import AnnotationType

ENTRY_POINTS = "plateau.annotation_types"
_KEY = re.compile(r"[a-z][a-z0-9_]{0,19}")  # as long as a project keeps it


class AnnotationTypeCatalog(Mapping[str, AnnotationType]):
    """Annotation types by their keys, in the order in which they were added.

    Another package adds its own under the entry point group `plateau.annotation_types`: an `AnnotationType`, or a class
    of which one is made without arguments. They are loaded when the catalog is first read, so that such a package can
    import this one.
    """

    def __init__(self, annotation_types: Sequence[AnnotationType], *, group: str = ENTRY_POINTS) -> None:
        self._by_key: dict[str, AnnotationType] = {}
        self._group = group
        self._is_loaded = self._is_loading = False
        self._lock = RLock()
        for annotation_type in annotation_types:
            self.add(annotation_type)

    def add(self, annotation_type: AnnotationType) -> None:
        """Put a type behind the others.

        Raises:
            ValueError: its key is no key, or another type has it.
        """
        key = getattr(annotation_type, "key", "")
        if not isinstance(annotation_type, AnnotationType) or not isinstance(key, str) or not _KEY.fullmatch(key):
            raise ValueError(
                f"{annotation_type!r} must be an annotation type with a key of up to 20 small letters, digits and _"
            )
        if key in self._by_key:
            raise ValueError(f"there is an annotation type {key!r} already: {self._by_key[key]!r}")
        self._by_key[key] = annotation_type

    def remove(self, key: str) -> None:
        """Take a type away.

        Raises:
            KeyError: there is none of this key.
        """
        del self._by_key[key]

    @contextmanager
    def including(self, *annotation_types: AnnotationType) -> Iterator[None]:
        """With these types besides, within the block; all of them or none."""
        self._load()
        before = dict(self._by_key)
        try:
            for annotation_type in annotation_types:
                self.add(annotation_type)
            yield
        finally:
            self._by_key = before

    @contextmanager
    def without(self, *keys: str) -> Iterator[None]:
        """Without these types within the block."""
        self._load()
        before = dict(self._by_key)
        try:
            for key in keys:
                self.remove(key)
            yield
        finally:
            self._by_key = before

    def __getitem__(self, key: str) -> AnnotationType:
        if not self._is_loaded:
            self._load()
        return self._by_key[key]

    def __iter__(self) -> Iterator[str]:
        self._load()
        return iter(self._by_key)

    def __len__(self) -> int:
        self._load()
        return len(self._by_key)

    def _load(self) -> None:
        """Add what other packages bring; they may read the catalog while they are loaded.

        Raises:
            RuntimeError: naming the entry point that cannot be loaded or gives no annotation type.
        """
        if self._is_loaded:
            return
        with self._lock:
            if self._is_loaded or self._is_loading:
                return
            self._is_loading, before = True, dict(self._by_key)
            try:
                for entry in sorted(entry_points(group=self._group), key=lambda entry: (entry.name, entry.value)):
                    try:
                        loaded = entry.load()
                        self.add(loaded() if isinstance(loaded, type) else loaded)
                    except Exception as error:
                        raise RuntimeError(
                            f"The entry point {entry.name} = {entry.value} of {self._group} cannot be used: {error}. "
                            "Mend or remove the package that declares it."
                        ) from error
                self._is_loaded = True
            except RuntimeError:
                self._by_key = before
                raise
            finally:
                self._is_loading = False
