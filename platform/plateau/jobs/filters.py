"""Lists of jobs."""

from datetime import datetime

from plateau.http.filters import ListFilters, QueryFilter
from plateau.http.paging import Listing
from plateau.http.query import QueryText, RowId, one_of
from plateau.jobs.models import JobState


class JobFilters(ListFilters):
    """Of jobs."""

    project_id = QueryFilter(RowId, "Of one project")
    kind = QueryFilter(QueryText, "Of one kind")
    queue = QueryFilter(QueryText, "In one queue")
    state = QueryFilter(one_of(JobState), "In one state")
    created_after = QueryFilter(datetime, "Submitted after", field_name="created_at", lookup_expr="gt")
    created_before = QueryFilter(datetime, "Submitted before", field_name="created_at", lookup_expr="lt")


JOBS = Listing(
    ordering={"id": "pk", "kind": "kind", "state": "state", "priority": "priority", "ended_at": "ended_at"},
    search=("kind", "message"),
    filters=JobFilters,
)
