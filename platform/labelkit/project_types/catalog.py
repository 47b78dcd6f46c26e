"""The catalog of project types: ours in order, then those of other packages by entry point."""

from collections.abc import Sequence

from labelkit.annotations.base import AnnotationType
from labelkit.catalog import Catalog
from labelkit.project_types.base import ProjectType

ENTRY_POINTS = "plateau.project_types"


class ProjectTypeCatalog(Catalog[ProjectType]):
    """Project types by their keys; another package adds its own under `plateau.project_types`."""

    def __init__(self, project_types: Sequence[ProjectType], *, group: str = ENTRY_POINTS) -> None:
        super().__init__(
            project_types,
            entry_type=ProjectType,
            group=group,
            noun="project type",
            longest_key=20,  # as long as a project keeps it
        )

    def of_annotation_type(self, annotation_type: AnnotationType) -> list[ProjectType]:
        """Those that ask for annotations of this type, of any medium."""
        return [entry for entry in self.values() if entry.annotation_type.key == annotation_type.key]
