"""Lists of the audit log and of who was shown what."""

from datetime import datetime

from plateau.http.filters import ListFilters, QueryFilter
from plateau.http.paging import Listing
from plateau.http.query import QueryText, RowId


class AuditFilters(ListFilters):
    """Of recorded acts."""

    action = QueryFilter(QueryText, "Acts whose name begins so, such as `member.`", lookup_expr="startswith")
    user_id = QueryFilter(RowId, "Acts of one user")
    subject = QueryFilter(QueryText, "Acts on one kind of thing")
    subject_id = QueryFilter(QueryText, "Acts on the thing of this id")
    after = QueryFilter(datetime, "Acts after", field_name="at", lookup_expr="gt")
    before = QueryFilter(datetime, "Acts before", field_name="at", lookup_expr="lt")


EVENTS = Listing(
    ordering={"id": "pk", "action": "action"}, search=("action", "subject", "user__email"), filters=AuditFilters
)  # fmt: skip


class AccessFilters(ListFilters):
    """Of people who were shown data."""

    user_id = QueryFilter(RowId, "One user")


ACCESSES = Listing(
    ordering={"pictures": "seen", "texts": "read", "user_id": "user_id"},
    default="-pictures",
    search=("user__email", "user__name"),
    filters=AccessFilters,
    key="user_id",
)


class ViewingFilters(ListFilters):
    """Of what was shown."""

    user_id = QueryFilter(RowId, "To one user")
    asset_id = QueryFilter(RowId, "One picture")
    item_id = QueryFilter(RowId, "One text or row")
    after = QueryFilter(datetime, "After", field_name="at", lookup_expr="gt")
    before = QueryFilter(datetime, "Before", field_name="at", lookup_expr="lt")


VIEWINGS = Listing(ordering={"id": "pk", "at": "at"}, search=("user__email", "user__name"), filters=ViewingFilters)
