"""Forecasts of a curve: fitted, cached, as JSON, and what they say of a target."""

import math
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import numpy as np
from django.core.cache import cache

from statkit.learning_curves import CurveForecast, Distribution, forecast_curve
from workers.learning_curves.models import CurvePoint, LearningCurve
from workers.learning_curves.queries.calibration import calibration_history
from workers.learning_curves.queries.points import MIN_SIZES, metric_points

BAND_QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
NEED_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
# The need is also given as the probability that so many times the labels suffice.
LABEL_MULTIPLES = (1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 8.0, 16.0, 64.0)
LIKELY_MULTIPLE = 8.0


def quantile_key(q: float) -> str:
    """0.025 → `p2_5`."""
    return "p" + f"{100 * q:g}".replace(".", "_")


def fit_forecast(
    curve: LearningCurve,
    points: Sequence[CurvePoint],
    metric: str = "accuracy",
    *,
    interval_scale: float | None = None,
) -> CurveForecast | None:
    """The forecast; None while fewer than three sizes are measured.

    Lists read `interval_scale` of the organization's calibration history once for all of their rows.
    """
    rows = metric_points(points, metric)
    if len({row["n"] for row in rows}) < MIN_SIZES:
        return None
    if interval_scale is None:
        interval_scale = calibration_history(curve.project.organization_id)["interval_scale"]
    return forecast_curve(rows, widen=interval_scale)


def _finite(value: float) -> float | None:
    return None if math.isinf(value) else value


def quantiles_as_json(distribution: Distribution) -> dict[str, float | None]:
    """Quantiles by key; null stands for infinity."""
    return {quantile_key(q): _finite(distribution.quantile(q)) for q in NEED_QUANTILES}


def forecast_as_json(forecast: CurveForecast, target: float) -> dict[str, Any]:
    """A forecast as the API gives it and as it is stored; see `schemas.ForecastOut`."""
    last = forecast.points[-1]
    labels_needed = forecast.labels_needed(target)
    total = labels_needed.weights.sum()
    sizes = [last.n * 2 ** (step / 4) for step in range(25)]
    return {
        "target": target,
        "current_labels": last.n,
        "current_score": last.score,
        "is_reached": forecast.has_reached(target),
        "labels_needed": quantiles_as_json(labels_needed),
        "sufficiency": [
            {
                "multiple": multiple,
                "labels": math.ceil(last.n * multiple),
                "probability": _probability_within(labels_needed, last.n * multiple, total),
            }
            for multiple in LABEL_MULTIPLES
        ],
        "probability_never": forecast.probability_never(target),
        "next_batch_size": forecast.next_batch_size(target),
        "warnings": forecast.flags,
        "non_monotone_probability": forecast.non_monotone_probability,
        "band": [{"n": n, **{quantile_key(q): forecast.quantile(n, q) for q in BAND_QUANTILES}} for n in sizes],
    }


def _probability_within(labels_needed: Distribution, labels: float, total: float) -> float:
    is_within = labels_needed.values <= math.ceil(labels) + 0.5
    return float(labels_needed.weights[is_within].sum() / total)


def interpolate_band(band: list[dict[str, float]], n: float) -> list[float]:
    """The quantiles of `BAND_QUANTILES` at a size, linear in log n."""
    x = np.log([row["n"] for row in band])
    return [float(np.interp(math.log(n), x, [row[quantile_key(q)] for row in band])) for q in BAND_QUANTILES]


def cached_forecast(
    curve: LearningCurve,
    points: Sequence[CurvePoint],
    *,
    target: float,
    metric: str = "accuracy",
    interval_scale: float | None = None,
) -> dict[str, object] | None:
    """The forecast as JSON; None while there are fewer than three sizes.

    Cached for an hour by its points, since pages ask for it again and again.
    """
    if len({point.n for point in points}) < MIN_SIZES:
        return None
    key = f"forecast-3-{curve.pk}-{len(points)}-{target!r}-{quote(metric, safe='')}"
    body: dict[str, Any] | None = cache.get(key)
    if body is None:
        forecast = fit_forecast(curve, points, metric, interval_scale=interval_scale)
        if forecast is None:
            return None
        body = forecast_as_json(forecast, target)
        cache.set(key, body, timeout=3600)
    return body


def target_status(forecast: dict[str, Any] | None) -> str:
    """Whether the target will be reached: `reached`, `likely`, `unsure`, `unlikely`, or `unknown` without a forecast.

    `likely`: with eight times the labels in four cases of five; `unlikely`: never in half of the cases or more.
    """
    if forecast is None:
        return "unknown"
    if forecast["is_reached"]:
        return "reached"
    row = next(row for row in forecast["sufficiency"] if row["multiple"] == LIKELY_MULTIPLE)
    if row["probability"] >= 0.8:
        return "likely"
    return "unlikely" if forecast["probability_never"] >= 0.5 else "unsure"
