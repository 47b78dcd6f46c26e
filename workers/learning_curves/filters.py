"""Lists of learning curves, forecasts, backtests, active-learning simulations and ablations."""

from plateau.http.filters import ListFilters, QueryFilter
from plateau.http.paging import Listing
from plateau.http.query import QueryText, RowId, one_of
from plateau.jobs.models import JobState


class ForecastFilters(ListFilters):
    """Of projects and their forecasts."""

    project_id = QueryFilter(RowId, "One project", field_name="pk")
    kind = QueryFilter(QueryText, "Of one annotation type")


FORECASTS = Listing(
    ordering={"id": "pk", "name": "name", "target": "target"}, search=("name", "note"), filters=ForecastFilters
)  # fmt: skip


class LearningCurveFilters(ListFilters):
    """Of learning curves."""

    snapshot_id = QueryFilter(RowId, "On one snapshot")
    recipe = QueryFilter(QueryText, "By one recipe")
    is_scheduled = QueryFilter(bool, "Submitted by the schedule, or by people", field_name="is_scheduled")
    state = QueryFilter(one_of(JobState), "Whose job is in one state", field_name="job__state")


LEARNING_CURVES = Listing(ordering={"id": "pk", "recipe": "recipe"}, search=("recipe",), filters=LearningCurveFilters)


class BacktestFilters(ListFilters):
    """Of backtests of forecasts."""

    is_in_80 = QueryFilter(bool, "Inside the 80 % interval, or outside")
    is_in_95 = QueryFilter(bool, "Inside the 95 % interval, or outside")


BACKTESTS = Listing(
    ordering={"id": "pk", "n": "n", "score": "score"}, search=("stored_forecast__learning_curve__recipe",),
    filters=BacktestFilters,
)  # fmt: skip


class SnapshotWorkFilters(ListFilters):
    """Of work on a snapshot."""

    snapshot_id = QueryFilter(RowId, "On one snapshot")


SIMULATIONS = Listing(ordering={"id": "pk"}, search=("job__message",), filters=SnapshotWorkFilters)


class AblationFilters(SnapshotWorkFilters):
    """Of ablations."""

    recipe = QueryFilter(QueryText, "By one recipe")


ABLATIONS = Listing(ordering={"id": "pk", "recipe": "recipe"}, search=("recipe", "parameter"), filters=AblationFilters)
