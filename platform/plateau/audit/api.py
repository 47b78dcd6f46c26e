"""Routes of the audit log."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.audit.models import AuditEvent
from plateau.kernel.endpoint import Endpoint
from plateau.kernel.openapi import document
from plateau.kernel.paging import PAGE_QUERY, Page, page
from plateau.kernel.scopes import Scope


class AuditEventOut(BaseModel):
    """One recorded act."""

    id: int
    at: datetime
    who: str
    action: str
    subject: str
    subject_id: str
    data: dict[str, Any]


def _out(event: AuditEvent) -> AuditEventOut:
    return AuditEventOut(
        id=event.pk,
        at=event.at,
        who=event.user.email if event.user else "system",
        action=event.action,
        subject=event.subject,
        subject_id=event.subject_id,
        data=event.data,
    )


class AuditList(Endpoint):
    """The organization's log."""

    scopes: ClassVar = {"GET": Scope.AUDIT_READ}

    @document(summary="Who did what, newest first", out=Page[AuditEventOut], query=PAGE_QUERY)
    def get(self, request: Request) -> Response:
        """One page."""
        rows = AuditEvent.objects.visible_to(self.actor).select_related("user")
        return Response(page(request, rows, _out))
