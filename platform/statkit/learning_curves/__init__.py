"""Learning curves: how a score grows with labels, and how many more a target needs."""

from statkit.learning_curves.distribution import Distribution
from statkit.learning_curves.forecast import Forecast, forecast
from statkit.learning_curves.points import Pooled, nested_order, pool

__all__ = ["Distribution", "Forecast", "Pooled", "forecast", "nested_order", "pool"]
