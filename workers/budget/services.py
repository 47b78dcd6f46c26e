"""Ordering curves, and forecasting from them."""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.core.cache import cache
from django.db import transaction
from plateau.audit.services import record
from plateau.jobs import services as jobs
from plateau.kernel.errors import Conflict
from plateau.kernel.scopes import Actor

from annotation.snapshots.models import Snapshot
from workers.budget.models import CurvePoint, ForecastRecord, Study
from workers.catalog import card_of, complete_params
from workers.contracts import StudyOrder
from workers.curves import forecast, sizes_up_to
from workers.training.services import check_trainable

MIN_TRAIN = 40
MIN_SIZES = 3
BAND_SHARES = (0.1, 0.5, 0.9)


@transaction.atomic
def order_study(
    *, actor: Actor, snapshot: Snapshot, recipe: str, params: dict[str, Any], points: int, seeds: int
) -> Study:
    """Order a learning curve up to all labels of a snapshot.

    Raises:
        Invalid: recipe or parameters are wrong.
        Conflict: the snapshot cannot be trained on, or is too small for three sizes.
    """
    card = card_of(recipe)
    complete = complete_params(card, params)
    check_trainable(snapshot, card)
    if snapshot.train < MIN_TRAIN:
        raise Conflict(
            f"A curve needs at least {MIN_TRAIN} labels outside the sealed split; there are {snapshot.train}."
        )
    sizes = sizes_up_to(snapshot.train, points=points)
    order = StudyOrder(
        study_id=0, snapshot_id=snapshot.pk, recipe=recipe, sizes=sizes, seeds=list(range(seeds)), params=complete
    )
    job = jobs.submit(
        actor=actor, kind="study", queue=card.queue, payload=order.payload(), project_id=snapshot.project_id
    )
    study = Study.objects.create(
        project_id=snapshot.project_id,
        snapshot=snapshot,
        recipe=recipe,
        params=complete,
        sizes=order.sizes,
        seeds=order.seeds,
        job=job,
        created_by_id=actor.user_id or None,
    )
    job.payload = replace(order, study_id=study.pk).payload()
    job.save(update_fields=["payload"])
    record(actor=actor, action="study.ordered", subject=study, recipe=recipe, sizes=sizes, seeds=seeds)
    return study


def rows_of(points: Iterable[CurvePoint]) -> list[dict[str, Any]]:
    """Points as `workers.curves` reads them; `se` is the binomial error of the sealed split."""
    return [
        {
            "n": point.n,
            "seed": point.seed,
            "score": point.accuracy,
            "se": math.sqrt(max(point.accuracy * (1 - point.accuracy), 0.25 / point.test_items) / point.test_items),
        }
        for point in points
    ]


def _finite(value: float) -> float | None:
    return None if math.isinf(value) else value


def forecast_body(study: Study, points: list[dict[str, Any]], *, target: float) -> dict[str, Any] | None:
    """The forecast as JSON; None while there are fewer than three sizes. Null stands for infinity.

    Kept for an hour by its points, since pages ask for it again and again.
    """
    if len({point["n"] for point in points}) < MIN_SIZES:
        return None
    key = f"forecast-{study.pk}-{len(points)}-{target!r}"
    body: dict[str, Any] | None = cache.get(key)
    if body is None:
        body = _forecast(points, target)
        cache.set(key, body, timeout=3600)
    return body


def _forecast(points: list[dict[str, Any]], target: float) -> dict[str, Any]:
    made = forecast(points, [target])
    last = made.points[-1]
    needed = made.labels_needed(target)
    band = []
    for step in range(17):
        n = last.n * 2 ** (step / 4)
        there = made.distribution(n)
        band.append({"n": n, **{f"p{round(q * 100)}": there.quantile(q) for q in BAND_SHARES}})
    return {
        "target": target,
        "labels_now": last.n,
        "score_now": last.score,
        "reached": last.score >= target,
        "needed": {f"p{round(q * 100)}": _finite(needed.quantile(q)) for q in BAND_SHARES},
        "probability_never": made.probability_never(target),
        "next_purchase": made.next_purchase(target),
        "flags": made.flags,
        "band": band,
    }


def store_forecast(*, study: Study, target: float) -> ForecastRecord | None:
    """Keep what is forecast now, to be scored when the labels arrive."""
    body = forecast_body(study, rows_of(study.points.all()), target=target)
    if body is None:
        return None
    return ForecastRecord.objects.create(study=study, target=target, body=body)
