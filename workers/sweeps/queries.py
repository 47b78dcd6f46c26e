"""Sweeps and their trials on the wire."""

from collections.abc import Sequence

from django.db.models import Count, Q

from plateau.jobs.models import ENDED, JobState
from plateau.texts import translate
from workers.sweeps.models import Sweep, Trial, TrialState
from workers.sweeps.schemas import RungOut, SweepDetail, SweepOut, TrialOut


def sweeps_out(rows: Sequence[Sweep]) -> list[SweepOut]:
    """Sweeps on the wire, in a constant number of queries."""
    trials = Trial.objects.filter(sweep__in=rows)
    counts = trials.values("sweep_id").annotate(total=Count("id"), ended=Count("id", Q(job__state__in=ENDED)))
    counts_by_sweep = {row["sweep_id"]: (row["total"], row["ended"]) for row in counts}
    best: dict[int, tuple[int, float]] = {}
    completed = trials.filter(state=TrialState.DONE).order_by("number").values_list("sweep_id", "number", "value")
    for sweep_id, number, value in completed:
        if value is not None and (sweep_id not in best or value > best[sweep_id][1]):
            best[sweep_id] = (number, value)
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
            trial_count=counts_by_sweep.get(row.pk, (0, 0))[0],
            ended_count=counts_by_sweep.get(row.pk, (0, 0))[1],
            best_trial=best[row.pk][0] if row.pk in best else None,
            best_value=best[row.pk][1] if row.pk in best else None,
            created_at=row.created_at,
        )
        for row in rows
    ]


def sweep_detail(sweep: Sweep) -> SweepDetail:
    """A sweep with its trials."""
    trials = Trial.objects.filter(sweep=sweep).select_related("job").order_by("number")
    return SweepDetail(
        **sweeps_out([sweep])[0].model_dump(),
        trials=[_trial_out(trial) for trial in trials],
        importance=sweep.importance,
    )


def _trial_out(trial: Trial) -> TrialOut:
    job = trial.job
    return TrialOut(
        number=trial.number,
        state=job.state if job.state in (JobState.FAILED, JobState.CANCELLED) else trial.state,
        params=trial.params,
        rungs=[RungOut(label_count=label_count, score=score) for label_count, score in trial.rungs],
        value=trial.value,
        seconds=trial.seconds,
        error=translate(job.error).partition("\n")[0][:300],
    )
