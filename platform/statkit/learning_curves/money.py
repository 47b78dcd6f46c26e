"""What a target costs, when it comes, and whether it pays. All as distributions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from statkit.learning_curves.distribution import Distribution
from statkit.learning_curves.forecast import Forecast

_DRAWS = 200
# Sizes at which the best moment to stop is looked for, in multiples of the labels there are.
_STOPS = 2.0 ** np.arange(0, 6.01, 0.125)


def more_labels(needed: Distribution, labels: int) -> Distribution:
    """Labels still to be made, from labels needed in all.

    >>> needed = Distribution(np.array([100.0, 300.0, np.inf]), np.array([0.5, 0.3, 0.2]))
    >>> more_labels(needed, 200).values.tolist()
    [0.0, 100.0, inf]

    Reference: none; a shift of the distribution.
    """
    return Distribution(np.maximum(needed.values - labels, 0.0), needed.weights)


def price_of(more: Distribution, price: float) -> Distribution:
    """Money, from labels still to be made.

    >>> price_of(Distribution(np.array([0.0, 100.0]), np.array([0.5, 0.5])), 0.5).values.tolist()
    [0.0, 50.0]

    Reference: none; a change of unit.
    """
    return Distribution(
        more.values * price if price > 0 else np.where(np.isinf(more.values), np.inf, 0.0), more.weights
    )


def days_for(more: Distribution, per_day: Sequence[float], *, speed: float = 1.0, seed: int = 0) -> Distribution | None:
    """Days until the labels are made.

    Args:
        more: Labels still to be made.
        per_day: Labels of each of the past days, days without work included: redrawn (bootstrap) for the mean rate.
        speed: Of the team, against now.
        seed: Of the redrawing.

    Returns:
        None where nothing was labeled in those days.

    >>> more = Distribution(np.array([0.0, 100.0]), np.array([0.5, 0.5]))
    >>> days_for(more, [20, 20, 20, 20]).quantile(0.7)
    5.0

    Reference: B. Efron (1979), "Bootstrap methods: another look at the jackknife", Annals of Statistics 7.
    """
    if not len(per_day) or sum(per_day) <= 0 or speed <= 0:
        return None
    rng = np.random.default_rng(seed)
    drawn = rng.choice(np.asarray(per_day, dtype=float), size=(_DRAWS, len(per_day))).mean(axis=1)
    rates = np.maximum(drawn * speed, 1e-9)
    values = np.where(np.isinf(more.values)[:, None], np.inf, more.values[:, None] / rates[None, :])
    return Distribution(values.ravel(), np.repeat(more.weights, _DRAWS))


@dataclass(frozen=True)
class Economics:
    """What mistakes cost, and for how many decisions.

    `miss_share` is the share of mistakes that are misses; the others are false alarms. `today` is what the same
    decisions cost a month without the system, mistakes included; `running` what the system costs a month.
    """

    miss: float
    false_alarm: float
    miss_share: float
    decisions: float
    months: float
    today: float
    running: float = 0.0

    @property
    def mistake(self) -> float:
        """Mean cost of a mistake."""
        return self.miss_share * self.miss + (1 - self.miss_share) * self.false_alarm

    @property
    def break_even(self) -> float | None:
        """Accuracy above which the system costs less than today's way; None where no accuracy does."""
        saved = self.today - self.running
        if saved <= 0:
            return None
        if self.mistake <= 0 or self.decisions <= 0:
            return 0.0
        return max(0.0, 1 - saved / (self.decisions * self.mistake))


@dataclass(frozen=True)
class Worth:
    """Whether labeling on pays. Money over the whole time that the system will run."""

    break_even: float | None
    pays_now: bool
    chance_to_pay: float
    stop_at: int
    gain_at_stop: float
    next_hundred_value: float
    next_hundred_cost: float


def worth(made: Forecast, economics: Economics, *, labels: int, price: float) -> Worth:
    """Value of more labels against their price.

    Args:
        made: Forecast of the share of right decisions, within bounds of 0 and 1.
        economics: See there.
        labels: That there are now.
        price: Of one more label.

    >>> from statkit.learning_curves.forecast import forecast
    >>> made = forecast([{"n": 100 * 2**k, "score": 1 - 0.4 * 2 ** (-0.5 * k)} for k in range(6)])
    >>> costs = Economics(miss=30, false_alarm=10, miss_share=0.5, decisions=1000, months=10, today=2000)
    >>> found = worth(made, costs, labels=3200, price=0.5)
    >>> found.break_even, found.pays_now
    (0.9, True)

    Reference: C. Elkan (2001), "The foundations of cost-sensitive learning", IJCAI.
    """
    stake = economics.decisions * economics.mistake * economics.months
    now = made.mean_error(labels)
    sizes = np.unique(np.ceil(labels * _STOPS))
    net = [stake * (now - made.mean_error(float(size))) - price * (size - labels) for size in sizes]
    best = int(np.argmax(net))
    even = economics.break_even
    chance = 0.0
    if even is not None:
        needed = made.labels_needed(min(max(even, 0.0), 1.0))
        affordable = needed.values <= labels * _STOPS[-1]
        chance = float(needed.weights[affordable].sum() / needed.weights.sum())
    pays = even is not None and made.points[-1].score >= even
    return Worth(
        break_even=even,
        pays_now=pays,
        chance_to_pay=1.0 if pays and even == 0.0 else chance,
        stop_at=int(sizes[best]),
        gain_at_stop=float(net[best]),
        next_hundred_value=stake * (now - made.mean_error(labels + 100)),
        next_hundred_cost=100 * price,
    )
