"""Reading members."""

from plateau.access.scopes import Scope
from plateau.identity.models import Membership


def users_who_may(*, organization_id: int, scope: Scope) -> list[int]:
    """User ids of the active members whose role grants a scope."""
    rows = Membership.objects.filter(organization_id=organization_id, is_active=True, invited_email="")
    rows = rows.filter(role__scopes__contains=[scope])
    return list(rows.order_by("pk").values_list("user_id", flat=True))
