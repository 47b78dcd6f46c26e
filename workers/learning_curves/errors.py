"""Errors of learning curves, each with its code."""

from plateau.http.errors import Conflict, InvalidInput


class CurveNeedsMoreLabels(Conflict):
    """The snapshot has too few labels outside the held-out test set for three sizes."""

    code = "curve_needs_more_labels"
    title = "Too few labels for a curve"

    def __init__(self, *, minimum: int, available: int) -> None:
        super().__init__(
            f"A curve needs at least {minimum} labels outside the test set; there are {available}.",
            minimum=minimum,
            available=available,
        )


class AblationNeedsMoreLabels(Conflict):
    """The snapshot has too few labels outside the held-out test set to compare variants at every size."""

    code = "ablation_needs_more_labels"
    title = "Too few labels for a comparison"

    def __init__(self, *, minimum: int, available: int) -> None:
        super().__init__(
            f"Ways are compared on at least {minimum} labels outside the test set; there are {available}.",
            minimum=minimum,
            available=available,
        )


class SimulationNeedsMoreLabels(Conflict):
    """The snapshot has too few labels outside the held-out test set to tell query strategies apart."""

    code = "simulation_needs_more_labels"
    title = "Too few labels for a simulation"

    def __init__(self, *, minimum: int, available: int) -> None:
        super().__init__(
            f"Strategies are compared on at least {minimum} labels outside the test set; there are {available}.",
            minimum=minimum,
            available=available,
        )


class ParameterNotComparable(InvalidInput):
    """The recipe has no parameter of this name with a list of options."""

    code = "parameter_not_comparable"
    title = "No such options"

    def __init__(self, *, recipe: str, field: str) -> None:
        message = f"{recipe} offers no such choice"
        super().__init__(f"{field}: {message}", [{"field": field, "message": message}])


class CurveNotForecastable(InvalidInput):
    """The pasted points are no curve that can be forecast."""

    code = "curve_not_forecastable"
    title = "No forecast of this curve"

    def __init__(self, reason: str) -> None:
        super().__init__(f"points: {reason}", [{"field": "points", "message": reason}])
