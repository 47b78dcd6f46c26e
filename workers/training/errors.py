"""Errors of trainings, each with its code."""

from annotation.snapshots.errors import SnapshotNotReady
from labelkit.messages import Message, in_field
from plateau.http.errors import Conflict, InvalidInput


class SnapshotTooSmall(Conflict):
    """The snapshot has too few labels to train on, or none in the held-out test set to evaluate on."""

    code = "snapshot_too_small"
    title = "Too few labels"

    def __init__(self, *, train: int, test: int) -> None:
        super().__init__(
            Message(
                "The snapshot has too few labels (training: {train}, held-out test set: {test}). "
                "Label more items first.",
                train=train,
                test=test,
            ),
            train=train,
            test=test,
        )


class RecipeNotForProjectType(InvalidInput):
    """The recipe does not take projects of the snapshot's type."""

    code = "recipe_not_for_project_type"
    title = "Project type not supported"

    def __init__(self, *, recipe: str, project_type: str) -> None:
        message = Message(
            "{recipe} does not support projects of the type {project_type}", recipe=recipe, project_type=project_type
        )
        super().__init__(in_field("recipe", message), [{"field": "recipe", "message": message}])


UNTRAINABLE = (SnapshotNotReady, SnapshotTooSmall, RecipeNotForProjectType)
