"""Who asks, and whether they may."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from labelkit.messages import Message
from plateau.access.scopes import Actor, Scope
from plateau.http.callers import name_caller
from plateau.http.errors import MissingScope, NotSignedIn
from plateau.telemetry.context import add_log_fields

if TYPE_CHECKING:  # it imports the default permission classes, this one among them
    from rest_framework.views import APIView


def actor_of(request: Request) -> Actor:
    """The caller.

    Raises:
        NotSignedIn: there is none.
    """
    if not isinstance(request.auth, Actor):
        raise NotSignedIn("Sign in, or send `Authorization: Bearer <token>`.")
    return request.auth


class HasScope(BasePermission):
    """Each view names the scope that each of its methods needs; `None` means open to all."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Refuse who lacks the scope."""
        needed: Scope | None = getattr(view, "scopes", {}).get(request.method or "", Scope.MEMBERS_WRITE)
        if needed is None:
            return True
        actor = actor_of(request)
        name_caller(request.META, organization_id=actor.organization_id, user_id=actor.user_id)
        add_log_fields(organization_id=actor.organization_id, user_id=actor.user_id)
        if not actor.may(needed):
            raise MissingScope(
                actor.restriction_reason
                or Message("This needs the scope `{needed}`, which your role or token does not have.", needed=needed)
            )
        return True
