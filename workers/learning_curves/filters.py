"""Lists of learning curves, scored forecasts, comparisons of query strategies and of ways of training."""

from plateau.http.filters import ListFilters, QueryFilter
from plateau.http.paging import Listing
from plateau.http.query import QueryText, RowId, one_of
from plateau.jobs.models import JobState


class OutlookFilters(ListFilters):
    """Of projects and their forecasts."""

    project_id = QueryFilter(RowId, "One project", field_name="pk")
    kind = QueryFilter(QueryText, "Of one annotation type")


PORTFOLIO = Listing(
    ordering={"id": "pk", "name": "name", "target": "target"}, search=("name", "note"), filters=OutlookFilters
)  # fmt: skip


class CurveFilters(ListFilters):
    """Of learning curves."""

    snapshot_id = QueryFilter(RowId, "On one snapshot")
    recipe = QueryFilter(QueryText, "By one recipe")
    live = QueryFilter(bool, "Measured by themselves, or ordered", field_name="live")
    state = QueryFilter(one_of(JobState), "Whose job is in one state", field_name="job__state")


CURVES = Listing(ordering={"id": "pk", "recipe": "recipe"}, search=("recipe",), filters=CurveFilters)


class OutcomeFilters(ListFilters):
    """Of scored forecasts."""

    inside80 = QueryFilter(bool, "Inside the 80 % range, or outside")
    inside95 = QueryFilter(bool, "Inside the 95 % range, or outside")


OUTCOMES = Listing(
    ordering={"id": "pk", "n": "n", "score": "score"}, search=("record__study__recipe",), filters=OutcomeFilters
)  # fmt: skip


class SnapshotWorkFilters(ListFilters):
    """Of what was done on a snapshot."""

    snapshot_id = QueryFilter(RowId, "On one snapshot")


REPLAYS = Listing(ordering={"id": "pk"}, search=("job__message",), filters=SnapshotWorkFilters)


class WaysFilters(SnapshotWorkFilters):
    """Of comparisons of ways of training."""

    recipe = QueryFilter(QueryText, "By one recipe")


WAYS = Listing(ordering={"id": "pk", "recipe": "recipe"}, search=("recipe", "choice"), filters=WaysFilters)
