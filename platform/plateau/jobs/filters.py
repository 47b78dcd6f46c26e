"""Lists of jobs."""

from datetime import datetime
from typing import Literal

from django.db import models

from plateau.http.filters import ListFilters, M, QueryFilter
from plateau.http.paging import Listing
from plateau.http.query import QueryText, RowId
from plateau.jobs.models import JobState
from plateau.jobs.queries import stalled


class JobStateFilter(QueryFilter):
    """A filter by state, in which `stalled` stands for jobs that should have moved and did not."""

    def filter(self, qs: "models.QuerySet[M]", value: str) -> "models.QuerySet[M]":
        """Jobs in the state."""
        return qs.filter(stalled()) if value == "stalled" else qs.filter(state=value)


class JobFilters(ListFilters):
    """Of jobs."""

    project_id = QueryFilter(RowId, "Of one project")
    kind = QueryFilter(QueryText, "Of one kind")
    queue = QueryFilter(QueryText, "In one queue")
    state = JobStateFilter(
        Literal[*JobState.values, "stalled"],
        "In one state; `stalled`, which needs the scope `runs.write`: those that should have moved and did not",
    )
    created_after = QueryFilter(datetime, "Submitted after", field_name="created_at", lookup_expr="gt")
    created_before = QueryFilter(datetime, "Submitted before", field_name="created_at", lookup_expr="lt")


JOBS = Listing(
    ordering={"id": "pk", "kind": "kind", "state": "state", "priority": "priority", "ended_at": "ended_at"},
    search=("kind", "message"),
    filters=JobFilters,
    wide=("payload", "result"),
)
