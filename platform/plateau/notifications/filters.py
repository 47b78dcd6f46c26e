"""Lists of notifications."""

from plateau.http.filters import ListFilters, PresenceFilter, QueryFilter
from plateau.http.paging import Listing
from plateau.http.query import QueryText


class NotificationFilters(ListFilters):
    """Of notifications."""

    kind = QueryFilter(QueryText, "Of one kind, such as `task.returned`")
    is_read = PresenceFilter("Those that were read, or those that were not", field_name="read_at")


NOTIFICATIONS = Listing(
    ordering={"id": "pk", "created_at": "created_at"}, search=("actor__name", "kind"), filters=NotificationFilters
)  # fmt: skip
