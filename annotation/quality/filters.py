"""Lists of gold tasks, people in a project, suspected label errors, and events of a task."""

from plateau.http.filters import ListFilters, PresenceFilter, QueryFilter
from plateau.http.paging import FixedListing, Listing
from plateau.http.query import QueryText, RowId


class GoldFilters(ListFilters):
    """Of gold tasks."""

    is_qualification = QueryFilter(bool, "Qualification tasks, or gold tasks")


GOLD = Listing(
    ordering={"created_at": "created_at", "name": "task__item__name"},
    default="-created_at",
    search=("task__item__name",),
    filters=GoldFilters,
    limit=200,
    wide=("value",),
)


class ProjectMemberFilters(ListFilters):
    """Of people in a project."""

    is_assigned = QueryFilter(bool, "Assigned, or not")
    is_paused = PresenceFilter("Paused, or not", field_name="paused_at")


MEMBERS = Listing(
    ordering={"annotation_count": "annotation_count", "active_ms": "active_ms", "name": "user__name"},
    default="-annotation_count",
    search=("user__name", "user__email"),
    filters=ProjectMemberFilters,
    limit=200,
)


class LabelIssueFilters(ListFilters):
    """Of label issues."""

    reason = QueryFilter(QueryText, "Of one reason")


LABEL_ISSUES = Listing(
    ordering={"id": "pk", "score": "score"},
    default="score",
    search=("task__item__name", "suggested_label"),
    filters=LabelIssueFilters,
    limit=200,
    wide=("task__annotation__value", "task__item__text", "task__item__meta"),
)


class ReturnedFilters(ListFilters):
    """Of tasks that were sent back."""

    project_id = QueryFilter(RowId, "Of one project")


RETURNED = Listing(search=("task__item__name", "reason"), filters=ReturnedFilters)

HISTORY = FixedListing(
    ordering=("created_at",), search=("actor", "type", "text"), filters={"type": (QueryText, "Of one type")}, limit=200
)  # fmt: skip
