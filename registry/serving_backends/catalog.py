"""The catalog of serving backends: ours in order, then those of other packages by entry point."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import entry_points
from threading import RLock
from typing import Any

from registry.model_versions.models import ModelVersion
from registry.serving_backends.base import ServingBackend
from registry.serving_backends.sandboxed_onnx import SandboxedOnnxBackend

ENTRY_POINTS = "plateau.serving_backends"


class ServingBackendCatalog:
    """Serving backends in the order in which they are asked whether they can serve a version.

    Another package adds its own under the entry point group `plateau.serving_backends`: a `ServingBackend`, or a class
    of which one is made without arguments. They are loaded when the catalog is first read.
    """

    def __init__(self, backends: Sequence[ServingBackend], *, group: str = ENTRY_POINTS) -> None:
        self._by_key: dict[str, ServingBackend] = {}
        self._group = group
        self._is_loaded = False
        self._lock = RLock()
        for backend in backends:
            self.add(backend)

    def add(self, backend: ServingBackend) -> None:
        """Put a backend behind the others.

        Raises:
            TypeError: it is no `ServingBackend`.
            ValueError: another backend has its key.
        """
        if not isinstance(backend, ServingBackend):
            raise TypeError(f"{backend!r} is no ServingBackend.")
        if backend.key in self._by_key:
            raise ValueError(f"There is a serving backend {backend.key!r} already; choose another key.")
        self._by_key[backend.key] = backend

    def remove(self, key: str) -> None:
        """Take a backend away.

        Raises:
            KeyError: there is none of this key.
        """
        self._load()
        del self._by_key[key]

    @contextmanager
    def including(self, *backends: ServingBackend) -> Iterator[None]:
        """With these backends besides, within the block."""
        self._load()
        before = dict(self._by_key)
        try:
            for backend in backends:
                self.add(backend)
            yield
        finally:
            self._by_key = before

    def __getitem__(self, key: str) -> ServingBackend:
        self._load()
        return self._by_key[key]

    def __iter__(self) -> Iterator[ServingBackend]:
        self._load()
        return iter(list(self._by_key.values()))

    def find(self, version: ModelVersion) -> ServingBackend | None:
        """The first backend that can serve the version."""
        return next((backend for backend in self if backend.can_serve(version.facts)), None)

    def _load(self) -> None:
        """Add what other packages bring.

        Raises:
            RuntimeError: naming the entry point that cannot be used.
        """
        with self._lock:
            if self._is_loaded:
                return
            before = dict(self._by_key)
            for entry in sorted(entry_points(group=self._group), key=lambda entry: (entry.name, entry.value)):
                try:
                    loaded: Any = entry.load()
                    self.add(loaded() if isinstance(loaded, type) else loaded)
                except Exception as error:
                    self._by_key = before
                    raise RuntimeError(
                        f"The entry point {entry.name} = {entry.value} of {self._group} cannot be used: {error}. "
                        "Mend or remove the package that declares it."
                    ) from error
            self._is_loaded = True


SERVING_BACKENDS = ServingBackendCatalog([SandboxedOnnxBackend()])
