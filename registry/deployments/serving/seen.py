"""What was seen since the last time it was written down: counted in memory, added to PostgreSQL every few seconds."""

import json
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from registry.deployments.models import BINS

_ADD = """
    INSERT INTO deployments_hour AS h (deployment_id, version_id, hour, answered, refused, failed, milliseconds,
        confidence, brightness, contrast, labels, shadow_answered, shadow_agreed)
    VALUES (%(deployment)s, %(version)s, %(hour)s, %(answered)s, %(refused)s, %(failed)s, %(milliseconds)s,
        %(confidence)s, %(brightness)s, %(contrast)s, %(labels)s, %(shadow_answered)s, %(shadow_agreed)s)
    ON CONFLICT (deployment_id, version_id, hour) DO UPDATE SET
        answered = h.answered + excluded.answered,
        refused = h.refused + excluded.refused,
        failed = h.failed + excluded.failed,
        milliseconds = h.milliseconds + excluded.milliseconds,
        confidence = (SELECT array_agg(a + b ORDER BY n) FROM unnest(h.confidence, excluded.confidence)
            WITH ORDINALITY AS t(a, b, n)),
        brightness = (SELECT array_agg(a + b ORDER BY n) FROM unnest(h.brightness, excluded.brightness)
            WITH ORDINALITY AS t(a, b, n)),
        contrast = (SELECT array_agg(a + b ORDER BY n) FROM unnest(h.contrast, excluded.contrast)
            WITH ORDINALITY AS t(a, b, n)),
        labels = (SELECT coalesce(jsonb_object_agg(key, total), '{}') FROM (
            SELECT key, sum(value::int) AS total FROM (
                SELECT * FROM jsonb_each_text(h.labels) UNION ALL SELECT * FROM jsonb_each_text(excluded.labels)
            ) both_of_them GROUP BY key) summed),
        shadow_answered = h.shadow_answered + excluded.shadow_answered,
        shadow_agreed = h.shadow_agreed + excluded.shadow_agreed
"""


def bin_of(value: float) -> int:
    """Which of `BINS` equal bins of 0 to 1 holds `value`."""
    return min(BINS - 1, max(0, int(value * BINS)))


@dataclass
class Counts:
    """Of one deployment and version in one hour."""

    answered: int = 0
    refused: int = 0
    failed: int = 0
    milliseconds: float = 0.0
    shadow_answered: int = 0
    shadow_agreed: int = 0
    confidence: list[int] = field(default_factory=lambda: [0] * BINS)
    brightness: list[int] = field(default_factory=lambda: [0] * BINS)
    contrast: list[int] = field(default_factory=lambda: [0] * BINS)
    labels: dict[str, int] = field(default_factory=dict)


class Seen:
    """Counts by deployment, version and hour."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[int, int, datetime], Counts] = {}

    def _of(self, deployment: int, version: int) -> Counts:
        hour = timezone.now().replace(minute=0, second=0, microsecond=0)
        return self._counts.setdefault((deployment, version, hour), Counts())

    def answered(
        self, deployment: int, version: int, *, label: str, confidence: float, looks: tuple[float, float], took: float
    ) -> None:
        """One answer; `took` is in milliseconds."""
        with self._lock:
            counts = self._of(deployment, version)
            counts.answered += 1
            counts.milliseconds += took
            counts.confidence[bin_of(confidence)] += 1
            counts.brightness[bin_of(looks[0])] += 1
            counts.contrast[bin_of(looks[1])] += 1
            counts.labels[label] = counts.labels.get(label, 0) + 1

    def add(self, deployment: int, version: int, what: str) -> None:
        """One more of `refused`, `failed`, `shadow_answered` or `shadow_agreed`."""
        with self._lock:
            counts = self._of(deployment, version)
            setattr(counts, what, getattr(counts, what) + 1)

    def write(self) -> None:
        """Add to the table; what cannot be written is kept for the next time."""
        with self._lock:
            taken, self._counts = self._counts, {}
        for number, ((deployment, version, hour), counts) in enumerate(list(taken.items())):
            values: dict[str, Any] = vars(counts) | {"deployment": deployment, "version": version, "hour": hour}
            try:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT 1 FROM deployments_deployment d, model_versions_modelversion v "
                        "WHERE d.id = %s AND v.id = %s",
                        [deployment, version],
                    )
                    if cursor.fetchone():  # else it was deleted meanwhile: nobody will ask
                        cursor.execute(_ADD, values | {"labels": json.dumps(counts.labels)})
            except Exception:
                self._keep(dict(list(taken.items())[number:]))
                raise

    def _keep(self, taken: dict[tuple[int, int, datetime], Counts]) -> None:
        with self._lock:
            for key, old in taken.items():
                new = self._counts.get(key)
                self._counts[key] = old if new is None else _sum(old, new)


def _sum(a: Counts, b: Counts) -> Counts:
    made = Counts()
    for name in ("answered", "refused", "failed", "milliseconds", "shadow_answered", "shadow_agreed"):
        setattr(made, name, getattr(a, name) + getattr(b, name))
    for name in ("confidence", "brightness", "contrast"):
        setattr(made, name, [x + y for x, y in zip(getattr(a, name), getattr(b, name), strict=True)])
    made.labels = {key: a.labels.get(key, 0) + b.labels.get(key, 0) for key in a.labels.keys() | b.labels.keys()}
    return made
