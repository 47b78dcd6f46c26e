"""Learning curves: forecasts of a score by the number of labels, and of the labels that a target needs."""

from statkit.learning_curves.distribution import Distribution
from statkit.learning_curves.forecast import CurveForecast, forecast_curve
from statkit.learning_curves.points import PooledPoint, nested_order, pool_seeds

__all__ = ["CurveForecast", "Distribution", "PooledPoint", "forecast_curve", "nested_order", "pool_seeds"]
