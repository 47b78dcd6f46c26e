"""Lists of gold items, people in a project, doubtful labels, and what happened to a task."""

from plateau.http.filters import ListFilters, PresenceFilter, QueryFilter
from plateau.http.paging import FixedListing, Listing
from plateau.http.query import QueryText


class GoldFilters(ListFilters):
    """Of gold items."""

    practice = QueryFilter(bool, "Practice items, or gold items")


GOLD = Listing(
    ordering={"created_at": "created_at", "name": "task__item__name"},
    default="-created_at",
    search=("task__item__name",),
    filters=GoldFilters,
    limit=200,
)


class SeatFilters(ListFilters):
    """Of people in a project."""

    assigned = QueryFilter(bool, "Assigned, or not")
    paused = PresenceFilter("Paused, or not", field_name="paused_at")


SEATS = Listing(
    ordering={"answered": "answered", "active_ms": "active_ms", "name": "user__name"},
    default="-answered",
    search=("user__name", "user__email"),
    filters=SeatFilters,
    limit=200,
)


class DoubtFilters(ListFilters):
    """Of doubtful labels."""

    reason = QueryFilter(QueryText, "Found in one way")


DOUBTS = Listing(
    ordering={"id": "pk", "score": "score"},
    default="score",
    search=("task__item__name", "suggested"),
    filters=DoubtFilters,
    limit=200,
)

HISTORY = FixedListing(
    ordering=("at",), search=("who", "what", "text"), filters={"what": (QueryText, "Of one kind")}, limit=200
)  # fmt: skip
