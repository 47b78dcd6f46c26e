"""Errors of sweeps, each with its code."""

from labelkit.messages import Message, in_field
from plateau.http.errors import Conflict, InvalidInput


class SweepNeedsMoreLabels(Conflict):
    """The snapshot has too few training labels to hold a fifth of them out for validation."""

    code = "sweep_needs_more_labels"
    title = "Too few labels"

    def __init__(self, *, minimum: int, available: int) -> None:
        super().__init__(
            Message(
                ("A sweep needs at least {minimum} labels outside the held-out test set; available: {available}."),
                minimum=minimum,
                available=available,
            ),
            minimum=minimum,
            available=available,
        )


class SweepEnded(Conflict):
    """Every trial of the sweep has ended: there is nothing to stop."""

    code = "sweep_ended"
    title = "Sweep ended"

    def __init__(self) -> None:
        super().__init__("All trials of this sweep have ended.")


class RecipeHasNoParameters(InvalidInput):
    """The recipe has no parameters to search."""

    code = "recipe_has_no_parameters"
    title = "No parameters"

    def __init__(self, recipe: str) -> None:
        message = Message("{recipe} has no parameters to search", recipe=recipe)
        super().__init__(in_field("recipe", message), [{"field": "recipe", "message": message}])
