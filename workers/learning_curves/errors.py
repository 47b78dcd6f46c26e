"""Errors of learning curves, each with its code."""

from labelkit.messages import Message, in_field
from plateau.http.errors import Conflict, InvalidInput


class CurveNeedsMoreLabels(Conflict):
    """The snapshot has too few labels outside the held-out test set for three sizes."""

    code = "curve_needs_more_labels"
    title = "Too few labels"

    def __init__(self, *, minimum: int, available: int) -> None:
        super().__init__(
            Message(
                ("A learning curve needs at least {minimum} labels outside the test set; available: {available}."),
                minimum=minimum,
                available=available,
            ),
            minimum=minimum,
            available=available,
        )


class AblationNeedsMoreLabels(Conflict):
    """The snapshot has too few labels outside the held-out test set to compare variants at every size."""

    code = "ablation_needs_more_labels"
    title = "Too few labels"

    def __init__(self, *, minimum: int, available: int) -> None:
        super().__init__(
            Message(
                ("A comparison needs at least {minimum} labels outside the test set; available: {available}."),
                minimum=minimum,
                available=available,
            ),
            minimum=minimum,
            available=available,
        )


class SimulationNeedsMoreLabels(Conflict):
    """The snapshot has too few labels outside the held-out test set to tell query strategies apart."""

    code = "simulation_needs_more_labels"
    title = "Too few labels"

    def __init__(self, *, minimum: int, available: int) -> None:
        super().__init__(
            Message(
                ("Comparing strategies needs at least {minimum} labels outside the test set; available: {available}."),
                minimum=minimum,
                available=available,
            ),
            minimum=minimum,
            available=available,
        )


class ParameterNotComparable(InvalidInput):
    """The recipe has no parameter of this name with a list of options."""

    code = "parameter_not_comparable"
    title = "Parameter not comparable"

    def __init__(self, *, recipe: str, field: str) -> None:
        message = Message("{recipe} does not have this option", recipe=recipe)
        super().__init__(in_field(field, message), [{"field": field, "message": message}])


class CurveNotForecastable(InvalidInput):
    """The pasted points are no curve that can be forecast."""

    code = "curve_not_forecastable"
    title = "Curve not forecastable"

    def __init__(self, reason: str) -> None:
        super().__init__(in_field("points", reason), [{"field": "points", "message": reason}])
