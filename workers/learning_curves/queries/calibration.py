"""How often an organization's past forecast intervals covered what was measured later."""

from typing import Any

import numpy as np
from django.db.models import Count, Q

from statkit.confidence_sequences import anytime_interval
from workers.learning_curves.models import ForecastBacktest

# A history of this many backtests weighs as much as the assumption that the intervals are calibrated.
CALIBRATION_PRIOR = 20


def calibration_history(organization_id: int) -> dict[str, Any]:
    """Coverage of past intervals, with anytime-valid intervals, and the scale of new ones that follows from it."""
    backtests = ForecastBacktest.objects.filter(
        stored_forecast__learning_curve__project__organization_id=organization_id
    )
    counts = backtests.aggregate(
        total=Count("id"), in_80=Count("id", Q(is_in_80=True)), in_95=Count("id", Q(is_in_95=True))
    )
    total = int(counts["total"])
    history: dict[str, Any] = {"backtest_count": total, "interval_scale": 1.0}
    for name, key in (("coverage_80", "in_80"), ("coverage_95", "in_95")):
        coverage = anytime_interval(int(counts[key]), total)
        history[name] = {"covered": int(counts[key]), "low": coverage.low, "high": coverage.high}
    if total:
        # 80 % of the errors should lie below 1. Shrunken towards that; never narrower than calibrated.
        errors = np.array(backtests.order_by("-pk").values_list("scaled_error", flat=True)[:1000])
        measured = float(np.quantile(errors, 0.8))
        weight = len(errors) / (len(errors) + CALIBRATION_PRIOR)
        history["interval_scale"] = float(min(3.0, max(1.0, weight * measured + (1 - weight))))
    return history
