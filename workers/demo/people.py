"""Who acts in the demo."""

from django.db.models import F, Func, IntegerField

from plateau.access.scopes import Actor, Scope
from plateau.identity.authentication import actor_of_membership
from plateau.identity.models import Membership


def actor(scope: Scope) -> Actor:
    """Of the demo's members whose role grants `scope`, the one with the fewest scopes."""
    members = Membership.objects.select_related("user", "role").filter(organization__slug="demo").granted(scope)
    count = Func(F("role__scopes"), function="jsonb_array_length", output_field=IntegerField())
    return actor_of_membership(members.order_by(count, "pk")[0])
