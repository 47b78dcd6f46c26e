"""Lists of experiments and runs."""

from django.db import models

from annotation.projects.mlflow_workspace import workspace_of
from plateau.http.filters import ListFilters, M, QueryFilter
from plateau.http.paging import Listing
from plateau.http.query import RowId
from registry.tracked_runs.schemas import RunStatus


class WorkspaceFilter(QueryFilter):
    """A filter by project, which is a workspace to MLflow."""

    def filter(self, qs: "models.QuerySet[M]", value: int) -> "models.QuerySet[M]":
        """Rows of the project's workspace."""
        return qs.filter(**{self.field_name: workspace_of(value)})


class ExperimentFilters(ListFilters):
    """Of experiments."""

    project_id = WorkspaceFilter(RowId, "Of one project", field_name="workspace")


EXPERIMENTS = Listing(
    ordering={"id": "pk", "name": "name"},
    search=("name",),
    filters=ExperimentFilters,
)


class TrackedRunFilters(ListFilters):
    """Of runs."""

    project_id = WorkspaceFilter(RowId, "Of one project", field_name="experiment__workspace")
    experiment_id = QueryFilter(RowId, "Of one experiment")
    status = QueryFilter(RunStatus, "With one status")


TRACKED_RUNS = Listing(
    ordering={"started_at": "start_time", "ended_at": "end_time", "name": "name", "status": "status"},
    default="-started_at",
    search=("name", "run_uuid", "user_id", "experiment__name"),
    filters=TrackedRunFilters,
)
