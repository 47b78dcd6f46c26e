"""Usage and quotas."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.openapi import document
from plateau.quotas.queries import usage_of
from plateau.quotas.schemas import UsageOut


class OrganizationUsage(Endpoint):
    """What the organization uses of its quotas."""

    scopes: ClassVar = {"GET": Scope.MEMBERS_WRITE}

    @document(summary="Storage, items and requests that the organization uses, with its quotas", out=UsageOut)
    def get(self, request: Request) -> Response:
        """The counters."""
        return Response(usage_of(self.actor))
