"""Lists of people, their tokens and their browsers."""

from plateau.http.filters import ListFilters, PresenceFilter, QueryFilter
from plateau.http.paging import Listing
from plateau.http.query import QueryText, RowId


class MemberFilters(ListFilters):
    """Of members."""

    role = QueryFilter(QueryText, "Of one role, by its key", field_name="role__key")
    is_active = QueryFilter(bool, "Those who can sign in, or those who cannot")
    user_id = QueryFilter(RowId, "One user")


MEMBERS = Listing(
    ordering={
        "id": "pk",
        "name": "user__name",
        "email": "user__email",
        "role": "role__key",
        "created_at": "created_at",
        "last_sign_in_at": "last_sign_in_at",
    },
    search=("user__name", "user__email", "invited_email"),
    filters=MemberFilters,
)


ROLES = Listing(ordering={"id": "pk", "key": "key", "title": "title"}, search=("key", "title"))


class TokenFilters(ListFilters):
    """Of tokens."""

    is_revoked = PresenceFilter("Those that were revoked, or those that were not", field_name="revoked_at")


TOKENS = Listing(
    ordering={"id": "pk", "name": "name", "expires_at": "expires_at", "last_used_at": "last_used_at"},
    search=("name", "prefix"),
    filters=TokenFilters,
)


class MemberTokenFilters(TokenFilters):
    """Of all members' tokens."""

    user_id = QueryFilter(RowId, "Of one user", field_name="membership__user_id")


MEMBER_TOKENS = Listing(
    ordering={
        "id": "pk",
        "name": "name",
        "owner": "membership__user__name",
        "expires_at": "expires_at",
        "last_used_at": "last_used_at",
    },
    search=("name", "prefix", "membership__user__name", "membership__user__email"),
    filters=MemberTokenFilters,
)


class SessionFilters(ListFilters):
    """Of browsers."""

    second_factor = QueryFilter(bool, "Signed in with a second factor, or without")


SESSIONS = Listing(
    ordering={"last_seen_at": "last_seen_at", "created_at": "created_at"},
    default="-last_seen_at",
    search=("user_agent", "ip_address"),
    filters=SessionFilters,
)
