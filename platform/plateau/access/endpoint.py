"""The base of every API view: who asks, what for, and what comes back."""

from typing import ClassVar

from rest_framework.views import APIView

from plateau.access.permissions import actor_of
from plateau.access.scopes import Actor, Scope


class Endpoint(APIView):
    """A thin view. `scopes` maps each method to what it needs."""

    scopes: ClassVar[dict[str, Scope | None]] = {}

    @property
    def actor(self) -> Actor:
        """The caller."""
        return actor_of(self.request)
