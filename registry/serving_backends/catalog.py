"""The catalog of serving backends: ours in order, then those of other packages by entry point."""

from collections.abc import Sequence

from labelkit.catalog import Catalog
from registry.model_versions.models import ModelVersion
from registry.serving_backends.base import ServingBackend
from registry.serving_backends.sandboxed_onnx import SandboxedOnnxBackend

ENTRY_POINTS = "plateau.serving_backends"


class ServingBackendCatalog(Catalog[ServingBackend]):
    """Serving backends in the order in which they are asked whether they can serve a version.

    Another package adds its own under the entry point group `plateau.serving_backends`: a `ServingBackend`, or a class
    of which one is made without arguments. They are loaded when the catalog is first read.
    """

    def __init__(self, backends: Sequence[ServingBackend], *, group: str = ENTRY_POINTS) -> None:
        # Entries are only compared with the abstract class, never made from it.
        super().__init__(
            backends,
            entry_type=ServingBackend,  # type: ignore[type-abstract]
            group=group,
            noun="serving backend",
        )

    def find(self, version: ModelVersion) -> ServingBackend | None:
        """The first backend that can serve the version."""
        return next((backend for backend in self.values() if backend.can_serve(version.facts)), None)


SERVING_BACKENDS = ServingBackendCatalog([SandboxedOnnxBackend()])
