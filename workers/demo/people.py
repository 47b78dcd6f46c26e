"""Who acts in the demo."""

from plateau.access.scopes import Actor
from plateau.identity.authentication import actor_of_membership
from plateau.identity.models import Membership


def actor(role: str) -> Actor:
    """The demo's member with this role."""
    rows = Membership.objects.select_related("user").filter(organization__slug="demo", role=role)
    return actor_of_membership(rows.order_by("pk")[0])
