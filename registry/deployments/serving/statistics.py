"""Statistics of live traffic: counted in memory, added to PostgreSQL every few seconds."""

import json
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db import connection
from django.utils import timezone

from registry.deployments.models import HISTOGRAM_BINS

CountName = Literal["rejected_count", "failed_count", "shadow_prediction_count", "shadow_agreement_count"]
_COUNTS = ("prediction_count", "rejected_count", "failed_count", "latency_ms_sum", "shadow_prediction_count",
           "shadow_agreement_count")  # fmt: skip
_HISTOGRAMS = ("confidence_histogram", "brightness_histogram", "contrast_histogram")
_EXISTS = """
    SELECT 1 FROM deployments_deployment d, model_versions_modelversion v WHERE d.id = %s AND v.id = %s
"""
_ADD = """
    INSERT INTO deployments_deploymentstatshourly AS h (deployment_id, version_id, hour, prediction_count,
        rejected_count, failed_count, latency_ms_sum, confidence_histogram, brightness_histogram, contrast_histogram,
        label_counts, shadow_prediction_count, shadow_agreement_count)
    VALUES (%(deployment)s, %(version)s, %(hour)s, %(prediction_count)s, %(rejected_count)s, %(failed_count)s,
        %(latency_ms_sum)s, %(confidence_histogram)s, %(brightness_histogram)s, %(contrast_histogram)s,
        %(label_counts)s, %(shadow_prediction_count)s, %(shadow_agreement_count)s)
    ON CONFLICT (deployment_id, version_id, hour) DO UPDATE SET
        prediction_count = h.prediction_count + excluded.prediction_count,
        rejected_count = h.rejected_count + excluded.rejected_count,
        failed_count = h.failed_count + excluded.failed_count,
        latency_ms_sum = h.latency_ms_sum + excluded.latency_ms_sum,
        confidence_histogram = (SELECT array_agg(a + b ORDER BY n)
            FROM unnest(h.confidence_histogram, excluded.confidence_histogram) WITH ORDINALITY AS t(a, b, n)),
        brightness_histogram = (SELECT array_agg(a + b ORDER BY n)
            FROM unnest(h.brightness_histogram, excluded.brightness_histogram) WITH ORDINALITY AS t(a, b, n)),
        contrast_histogram = (SELECT array_agg(a + b ORDER BY n)
            FROM unnest(h.contrast_histogram, excluded.contrast_histogram) WITH ORDINALITY AS t(a, b, n)),
        label_counts = (SELECT coalesce(jsonb_object_agg(key, total), '{}') FROM (
            SELECT key, sum(value::int) AS total FROM (
                SELECT * FROM jsonb_each_text(h.label_counts)
                UNION ALL SELECT * FROM jsonb_each_text(excluded.label_counts)
            ) counts_of_both GROUP BY key) summed),
        shadow_prediction_count = h.shadow_prediction_count + excluded.shadow_prediction_count,
        shadow_agreement_count = h.shadow_agreement_count + excluded.shadow_agreement_count
"""


def bin_index(value: float) -> int:
    """Which of `HISTOGRAM_BINS` equal bins of 0 to 1 holds `value`."""
    return min(HISTOGRAM_BINS - 1, max(0, int(value * HISTOGRAM_BINS)))


@dataclass
class HourlyCounts:
    """Counts of one deployment and version in one hour."""

    prediction_count: int = 0
    rejected_count: int = 0
    failed_count: int = 0
    latency_ms_sum: float = 0.0
    shadow_prediction_count: int = 0
    shadow_agreement_count: int = 0
    confidence_histogram: list[int] = field(default_factory=lambda: [0] * HISTOGRAM_BINS)
    brightness_histogram: list[int] = field(default_factory=lambda: [0] * HISTOGRAM_BINS)
    contrast_histogram: list[int] = field(default_factory=lambda: [0] * HISTOGRAM_BINS)
    label_counts: dict[str, int] = field(default_factory=dict)


class DeploymentStatsBuffer:
    """Counts by deployment, version and hour that are not in the database yet. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[int, int, datetime], HourlyCounts] = {}

    def _counts_of(self, deployment_id: int, version_id: int) -> HourlyCounts:
        hour = timezone.now().replace(minute=0, second=0, microsecond=0)
        return self._counts.setdefault((deployment_id, version_id, hour), HourlyCounts())

    def record_prediction(
        self,
        deployment_id: int,
        version_id: int,
        *,
        label: str,
        confidence: float,
        image_statistics: tuple[float, float],
        latency_ms: float,
    ) -> None:
        """Count a prediction; `image_statistics` are brightness and contrast, 0 to 1."""
        brightness, contrast = image_statistics
        with self._lock:
            counts = self._counts_of(deployment_id, version_id)
            counts.prediction_count += 1
            counts.latency_ms_sum += latency_ms
            counts.confidence_histogram[bin_index(confidence)] += 1
            counts.brightness_histogram[bin_index(brightness)] += 1
            counts.contrast_histogram[bin_index(contrast)] += 1
            counts.label_counts[label] = counts.label_counts.get(label, 0) + 1

    def increment(self, deployment_id: int, version_id: int, count: CountName) -> None:
        """Add one to a count."""
        with self._lock:
            counts = self._counts_of(deployment_id, version_id)
            setattr(counts, count, getattr(counts, count) + 1)

    def flush(self) -> None:
        """Add the counts to the table; what cannot be written stays for the next time."""
        with self._lock:
            pending, self._counts = self._counts, {}
        for index, ((deployment_id, version_id, hour), counts) in enumerate(list(pending.items())):
            values: dict[str, Any] = vars(counts) | {"deployment": deployment_id, "version": version_id, "hour": hour}
            try:
                with connection.cursor() as cursor:
                    cursor.execute(_EXISTS, [deployment_id, version_id])
                    if cursor.fetchone():  # else it was deleted meanwhile: nobody will ask
                        cursor.execute(_ADD, values | {"label_counts": json.dumps(counts.label_counts)})
            except Exception:
                self._restore(dict(list(pending.items())[index:]))
                raise

    def _restore(self, pending: dict[tuple[int, int, datetime], HourlyCounts]) -> None:
        with self._lock:
            for key, old in pending.items():
                new = self._counts.get(key)
                self._counts[key] = old if new is None else _sum(old, new)


def _sum(a: HourlyCounts, b: HourlyCounts) -> HourlyCounts:
    total = HourlyCounts()
    for name in _COUNTS:
        setattr(total, name, getattr(a, name) + getattr(b, name))
    for name in _HISTOGRAMS:
        setattr(total, name, [x + y for x, y in zip(getattr(a, name), getattr(b, name), strict=True)])
    labels = a.label_counts.keys() | b.label_counts.keys()
    total.label_counts = {label: a.label_counts.get(label, 0) + b.label_counts.get(label, 0) for label in labels}
    return total
