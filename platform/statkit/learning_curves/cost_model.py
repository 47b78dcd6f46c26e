"""Cost, date and value of reaching a target, as distributions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from statkit.learning_curves.distribution import Distribution
from statkit.learning_curves.forecast import CurveForecast

_DRAWS = 200
# Candidate numbers of labels at which to stop, in multiples of the current number.
_STOPS = 2.0 ** np.arange(0, 6.01, 0.125)


def additional_labels(needed: Distribution, labels: int) -> Distribution:
    """Distribution of the additional labels needed, from that of all labels needed.

    >>> needed = Distribution(np.array([100.0, 300.0, np.inf]), np.array([0.5, 0.3, 0.2]))
    >>> additional_labels(needed, 200).values.tolist()
    [0.0, 100.0, inf]

    Reference: none; a shift of the distribution.
    """
    return Distribution(np.maximum(needed.values - labels, 0.0), needed.weights)


def labeling_cost(additional: Distribution, cost_per_label: float) -> Distribution:
    """Cost of the additional labels.

    >>> labeling_cost(Distribution(np.array([0.0, 100.0]), np.array([0.5, 0.5])), 0.5).values.tolist()
    [0.0, 50.0]

    Reference: none; a change of unit.
    """
    return Distribution(
        additional.values * cost_per_label
        if cost_per_label > 0
        else np.where(np.isinf(additional.values), np.inf, 0.0),
        additional.weights,
    )


def days_to_label(
    additional: Distribution, labels_per_day: Sequence[float], *, speed: float = 1.0, seed: int = 0
) -> Distribution | None:
    """Days until the additional labels are completed.

    Args:
        additional: Additional labels needed.
        labels_per_day: Labels of each of the past days, including days without work; resampled for the mean rate.
        speed: Of the team, relative to the past days.
        seed: Of the resampling.

    Returns:
        None if nothing was labeled on those days.

    >>> more = Distribution(np.array([0.0, 100.0]), np.array([0.5, 0.5]))
    >>> days_to_label(more, [20, 20, 20, 20]).quantile(0.7)
    5.0

    Reference: B. Efron (1979), "Bootstrap methods: another look at the jackknife", Annals of Statistics 7.
    """
    if not len(labels_per_day) or sum(labels_per_day) <= 0 or speed <= 0:
        return None
    rng = np.random.default_rng(seed)
    resampled = rng.choice(np.asarray(labels_per_day, dtype=float), size=(_DRAWS, len(labels_per_day))).mean(axis=1)
    rates = np.maximum(resampled * speed, 1e-9)
    values = np.where(np.isinf(additional.values)[:, None], np.inf, additional.values[:, None] / rates[None, :])
    return Distribution(values.ravel(), np.repeat(additional.weights, _DRAWS))


@dataclass(frozen=True)
class CostModel:
    """Costs of errors and operation, and the number of decisions.

    `fn_fraction` of the errors are false negatives, the others false positives. `baseline_cost` is the monthly cost of
    the same decisions without the system, including errors; `operating_cost` is the monthly cost of the system.
    """

    fn_cost: float
    fp_cost: float
    fn_fraction: float
    decisions_per_month: float
    months: float
    baseline_cost: float
    operating_cost: float = 0.0

    @property
    def mean_error_cost(self) -> float:
        """Mean cost of an error."""
        return self.fn_fraction * self.fn_cost + (1 - self.fn_fraction) * self.fp_cost

    @property
    def break_even_accuracy(self) -> float | None:
        """Accuracy above which the system costs less than the baseline; None where no accuracy does."""
        monthly_savings = self.baseline_cost - self.operating_cost
        if monthly_savings <= 0:
            return None
        if self.mean_error_cost <= 0 or self.decisions_per_month <= 0:
            return 0.0
        return max(0.0, 1 - monthly_savings / (self.decisions_per_month * self.mean_error_cost))


@dataclass(frozen=True)
class LabelingValue:
    """Whether more labels pay off. Amounts are for the whole period that the system will run."""

    break_even_accuracy: float | None
    is_profitable: bool
    break_even_probability: float
    optimal_labels: int
    net_gain_at_optimum: float
    next_100_labels_value: float
    next_100_labels_cost: float


def labeling_value(
    curve_forecast: CurveForecast, cost_model: CostModel, *, labels: int, cost_per_label: float
) -> LabelingValue:
    """Value of additional labels compared with their cost.

    Args:
        curve_forecast: Forecast of accuracy, with bounds of 0 and 1.
        cost_model: Costs and number of decisions.
        labels: Current number of labels.
        cost_per_label: Cost of one additional label.

    >>> from statkit.learning_curves.forecast import forecast_curve
    >>> curve = forecast_curve([{"n": 100 * 2**k, "score": 1 - 0.4 * 2 ** (-0.5 * k)} for k in range(6)])
    >>> cost_model = CostModel(
    ...     fn_cost=30, fp_cost=10, fn_fraction=0.5, decisions_per_month=1000, months=10, baseline_cost=2000
    ... )
    >>> value = labeling_value(curve, cost_model, labels=3200, cost_per_label=0.5)
    >>> value.break_even_accuracy, value.is_profitable
    (0.9, True)

    Reference: C. Elkan (2001), "The foundations of cost-sensitive learning", IJCAI.
    """
    stake = cost_model.decisions_per_month * cost_model.mean_error_cost * cost_model.months
    now = curve_forecast.mean_error(labels)
    sizes = np.unique(np.ceil(labels * _STOPS))
    net = [stake * (now - curve_forecast.mean_error(float(size))) - cost_per_label * (size - labels) for size in sizes]
    best = int(np.argmax(net))
    break_even_accuracy = cost_model.break_even_accuracy
    probability = 0.0
    if break_even_accuracy is not None:
        needed = curve_forecast.labels_needed(min(max(break_even_accuracy, 0.0), 1.0))
        affordable = needed.values <= labels * _STOPS[-1]
        probability = float(needed.weights[affordable].sum() / needed.weights.sum())
    is_profitable = break_even_accuracy is not None and curve_forecast.points[-1].score >= break_even_accuracy
    return LabelingValue(
        break_even_accuracy=break_even_accuracy,
        is_profitable=is_profitable,
        break_even_probability=1.0 if is_profitable and break_even_accuracy == 0.0 else probability,
        optimal_labels=int(sizes[best]),
        net_gain_at_optimum=float(net[best]),
        next_100_labels_value=stake * (now - curve_forecast.mean_error(labels + 100)),
        next_100_labels_cost=100 * cost_per_label,
    )
