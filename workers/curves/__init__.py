"""Learning curves: how a score grows with labels, and how many more a target needs. No Django, no torch."""

from workers.curves.distribution import Distribution
from workers.curves.forecast import Forecast, forecast
from workers.curves.points import Pooled, nested_order, pool

__all__ = ["Distribution", "Forecast", "Pooled", "forecast", "nested_order", "pool"]
