"""What pages show of sweeps."""

from collections.abc import Sequence

from django.db.models import Count, Q

from plateau.jobs.models import ENDED, JobState
from workers.sweeps.models import Sweep, Trial, TrialState
from workers.sweeps.schemas import SweepDetail, SweepOut, TrialOut


def sweeps_out(rows: Sequence[Sweep]) -> list[SweepOut]:
    """Sweeps on the wire, in a constant number of queries."""
    trials = Trial.objects.filter(sweep__in=rows)
    counted = trials.values("sweep_id").annotate(all=Count("id"), over=Count("id", Q(job__state__in=ENDED)))
    numbers = {one["sweep_id"]: (one["all"], one["over"]) for one in counted}
    best: dict[int, tuple[int, float]] = {}
    done = trials.filter(state=TrialState.DONE).order_by("number").values_list("sweep_id", "number", "value")
    for sweep, number, value in done:
        if value is not None and (sweep not in best or value > best[sweep][1]):
            best[sweep] = (number, value)
    return [
        SweepOut(
            id=row.pk,
            snapshot_id=row.snapshot_id,
            snapshot_version=row.snapshot.version,
            recipe=row.recipe,
            method=row.method,
            pruning_enabled=row.pruning_enabled,
            seed=row.seed,
            metric=row.metric,
            space=row.space,
            trials=numbers.get(row.pk, (0, 0))[0],
            over=numbers.get(row.pk, (0, 0))[1],
            best=best[row.pk][0] if row.pk in best else None,
            value=best[row.pk][1] if row.pk in best else None,
            created_at=row.created_at,
        )
        for row in rows
    ]


def detail_of(row: Sweep) -> SweepDetail:
    """One sweep with its trials."""
    trials = Trial.objects.filter(sweep=row).select_related("job").order_by("number")
    shown = [
        TrialOut(
            number=one.number,
            state={JobState.FAILED: "failed", JobState.CANCELLED: "stopped"}.get(JobState(one.job.state), one.state),
            params=one.params,
            rungs=one.rungs,
            value=one.value,
            seconds=one.seconds,
            problem=one.job.error.splitlines()[0][:300] if one.job.error else "",
        )
        for one in trials
    ]
    return SweepDetail(**sweeps_out([row])[0].model_dump(), rows=shown, importance=row.importance)
