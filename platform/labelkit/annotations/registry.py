"""The catalog of annotation types: ours in order, then those of other packages by entry point."""

from collections.abc import Sequence

from labelkit.annotations.base import AnnotationType
from labelkit.catalog import Catalog

ENTRY_POINTS = "plateau.annotation_types"


class AnnotationTypeCatalog(Catalog[AnnotationType]):
    """Annotation types by their keys; another package adds its own under `plateau.annotation_types`."""

    def __init__(self, annotation_types: Sequence[AnnotationType], *, group: str = ENTRY_POINTS) -> None:
        super().__init__(
            annotation_types,
            entry_type=AnnotationType,
            group=group,
            noun="annotation type",
            longest_key=20,  # as long as a project keeps it
        )
