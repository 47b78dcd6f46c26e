"""What pages show of searches."""

from collections.abc import Sequence

from django.db.models import Count, Q

from plateau.jobs.models import ENDED, JobState
from workers.sweeps.models import Search, Trial, TrialState
from workers.sweeps.schemas import SearchDetail, SearchOut, TrialOut


def searches_out(rows: Sequence[Search]) -> list[SearchOut]:
    """Searches on the wire, in a constant number of queries."""
    trials = Trial.objects.filter(search__in=rows)
    counted = trials.values("search_id").annotate(all=Count("id"), over=Count("id", Q(job__state__in=ENDED)))
    numbers = {one["search_id"]: (one["all"], one["over"]) for one in counted}
    best: dict[int, tuple[int, float]] = {}
    done = trials.filter(state=TrialState.DONE).order_by("number").values_list("search_id", "number", "value")
    for search, number, value in done:
        if value is not None and (search not in best or value > best[search][1]):
            best[search] = (number, value)
    return [
        SearchOut(
            id=row.pk,
            snapshot_id=row.snapshot_id,
            snapshot_version=row.snapshot.version,
            recipe=row.recipe,
            method=row.method,
            prunes=row.prunes,
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


def detail_of(row: Search) -> SearchDetail:
    """One search with its trials."""
    trials = Trial.objects.filter(search=row).select_related("job").order_by("number")
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
    return SearchDetail(**searches_out([row])[0].model_dump(), rows=shown, importance=row.importance)
