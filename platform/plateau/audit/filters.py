"""Lists of the audit log and of who was shown what."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from plateau.audit.renamed_actions import former_actions, former_subjects
from plateau.http.filters import ListFilters, M, QueryFilter
from plateau.http.paging import Listing
from plateau.http.query import QueryText, RowId


class ActionFilter(QueryFilter):
    """A filter by the beginning of an action's name, also where it was stored under a former one."""

    def filter(self, qs: "models.QuerySet[M]", value: str) -> "models.QuerySet[M]":
        """Acts whose current name begins with `value`."""
        return qs.filter(Q(action__startswith=value) | Q(action__in=former_actions(value)))


class SubjectFilter(QueryFilter):
    """A filter by the kind of subject, also where it was stored under a former label."""

    def filter(self, qs: "models.QuerySet[M]", value: str) -> "models.QuerySet[M]":
        """Acts on subjects of this label."""
        return qs.filter(subject__in=[value, *former_subjects(value)])


class AuditFilters(ListFilters):
    """Of recorded acts."""

    action = ActionFilter(QueryText, "Acts whose name begins so, such as `member.`")
    user_id = QueryFilter(RowId, "Acts of one user")
    subject = SubjectFilter(QueryText, "Acts on subjects of one kind, such as `projects.project`")
    subject_id = QueryFilter(QueryText, "Acts on the subject of this id")
    created_after = QueryFilter(datetime, "Acts after", field_name="at", lookup_expr="gt")
    created_before = QueryFilter(datetime, "Acts before", field_name="at", lookup_expr="lt")


EVENTS = Listing(
    ordering={"id": "pk", "action": "action"},
    search=("action", "subject", "user__email"),
    filters=AuditFilters,
    wide=("data",),
)


class UserAccessFilters(ListFilters):
    """Of people who were shown data."""

    user_id = QueryFilter(RowId, "One user")


USER_ACCESSES = Listing(
    ordering={"asset_count": "assets", "item_count": "items", "user_id": "user_id"},
    default="-asset_count",
    search=("user__email", "user__name"),
    filters=UserAccessFilters,
    key="user_id",
)


class AccessFilters(ListFilters):
    """Of what was shown."""

    user_id = QueryFilter(RowId, "To one user")
    asset_id = QueryFilter(RowId, "One picture")
    item_id = QueryFilter(RowId, "One text or row")
    created_after = QueryFilter(datetime, "After", field_name="at", lookup_expr="gt")
    created_before = QueryFilter(datetime, "Before", field_name="at", lookup_expr="lt")


ACCESSES = Listing(
    ordering={"id": "pk", "created_at": "at"}, search=("user__email", "user__name"), filters=AccessFilters
)  # fmt: skip
