"""Errors of trainings, each with its code."""

from annotation.snapshots.errors import SnapshotNotReady
from plateau.http.errors import Conflict, InvalidInput


class SnapshotTooSmall(Conflict):
    """The snapshot has too few labels to train on, or none in the held-out test set to evaluate on."""

    code = "snapshot_too_small"
    title = "Too few labels"

    def __init__(self, *, train: int, test: int) -> None:
        super().__init__(
            f"The snapshot has {train} labels to train on and {test} in the held-out test set. Label more first.",
            train=train,
            test=test,
        )


class RecipeNotForProjectType(InvalidInput):
    """The recipe does not take projects of the snapshot's type."""

    code = "recipe_not_for_project_type"
    title = "Another project type"

    def __init__(self, *, recipe: str, project_type: str) -> None:
        message = f"{recipe} does not take projects of the type {project_type}"
        super().__init__(f"recipe: {message}", [{"field": "recipe", "message": message}])


UNTRAINABLE = (SnapshotNotReady, SnapshotTooSmall, RecipeNotForProjectType)
