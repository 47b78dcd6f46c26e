"""Errors of sweeps, each with its code."""

from plateau.http.errors import Conflict, InvalidInput


class SweepNeedsMoreLabels(Conflict):
    """The snapshot has too few training labels to hold a fifth of them out for validation."""

    code = "sweep_needs_more_labels"
    title = "Too few labels for a sweep"

    def __init__(self, *, minimum: int, available: int) -> None:
        super().__init__(
            f"A sweep needs at least {minimum} labels outside the held-out test set; there are {available}.",
            minimum=minimum,
            available=available,
        )


class SweepEnded(Conflict):
    """Every trial of the sweep has ended: there is nothing to stop."""

    code = "sweep_ended"
    title = "Sweep ended"

    def __init__(self) -> None:
        super().__init__("Every trial of this sweep has ended.")


class RecipeHasNoParameters(InvalidInput):
    """The recipe has no parameters to search."""

    code = "recipe_has_no_parameters"
    title = "No parameters"

    def __init__(self, recipe: str) -> None:
        message = f"{recipe} has no parameters to search"
        super().__init__(f"recipe: {message}", [{"field": "recipe", "message": message}])
