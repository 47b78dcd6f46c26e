"""Routes of the audit log."""

from datetime import date, datetime
from typing import Any, ClassVar

from django.db.models import Max, Min, Sum
from django.http import StreamingHttpResponse
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.audit import services
from plateau.audit.filters import ACCESSES, EVENTS, VIEWINGS
from plateau.audit.models import AuditEvent, SeenDay, Viewing
from plateau.http.errors import Invalid
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.query import QueryModel, parse_query
from plateau.identity.models import Organization

STEP = 20_000


class AuditEventOut(BaseModel):
    """One recorded act. `seal` is its place in the chain and its digest; None until it is sealed, seconds later."""

    id: int
    at: datetime
    who: str
    action: str
    subject: str
    subject_id: str
    data: dict[str, Any]
    seal: int | None
    digest: str


class AuditCheckOut(BaseModel):
    """Whether the log is as it was written."""

    events: int
    sealed: int
    head: str = Field(description="Digest of the last seal: keep it elsewhere, and nobody can rewrite what it covers")
    broken_at: int | None = Field(description="Number of the first seal that does not fit; null: all fit")
    what: str
    next: int | None = Field(description="Ask again with this as `after`: the log is walked in steps; null at its end")


class SeenOut(BaseModel):
    """How much of the organization's data one person was shown; something seen on two days counts twice."""

    user_id: int
    who: str
    pictures: int
    texts: int
    first: date
    last: date


class ViewingOut(BaseModel):
    """That a person was shown a picture (`asset_id`), or a text or row (`item_id`), on a day."""

    id: int
    at: datetime
    user_id: int
    who: str
    asset_id: int | None
    item_id: int | None


def _out(event: AuditEvent) -> AuditEventOut:
    seal = getattr(event, "seal", None)
    return AuditEventOut(
        id=event.pk,
        at=event.at,
        who=event.user.email if event.user else "system",
        action=event.action,
        subject=event.subject,
        subject_id=event.subject_id,
        data=event.data,
        seal=seal.number if seal else None,
        digest=seal.digest if seal else "",
    )


class AuditList(Endpoint):
    """The organization's log."""

    scopes: ClassVar = {"GET": Scope.AUDIT_READ}

    @document(
        summary="Who did what, newest first",
        out=Page[AuditEventOut],
        query=EVENTS,
    )
    def get(self, request: Request) -> Response:
        """One page."""
        rows = AuditEvent.objects.visible_to(self.actor).select_related("user", "seal")
        return Response(EVENTS.page(request, rows, _out))


class CheckQuery(QueryModel):
    """Where the walk goes on."""

    after: int = Field(default=0, ge=0, le=2**63 - 1, description="`next` of the step before")


class AuditCheck(Endpoint):
    """The chain, walked."""

    scopes: ClassVar = {"GET": Scope.AUDIT_READ}

    @document(
        summary="Compute the digests of the log again, 20,000 at a time",
        out=AuditCheckOut,
        query=CheckQuery,
        refusals=[Invalid],
    )
    def get(self, request: Request) -> Response:
        """What was found."""
        after = parse_query(CheckQuery, request).after
        if after == 0:
            services.seal_all_of(self.actor.organization_id)
        found = services.check_chain(self.actor.organization_id, after=after, most=STEP)
        return Response(AuditCheckOut(**vars(found)))


class AuditExport(Endpoint):
    """The sealed log as a file."""

    scopes: ClassVar = {"GET": Scope.AUDIT_READ}

    @document(
        summary="The sealed log as JSON lines, oldest first; `examples/check_audit_log.py` checks one",
        out=bytes,
        media="application/jsonl",
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """The file."""
        organization = Organization.objects.visible_to(self.actor).one()
        services.record(actor=self.actor, action="audit.exported", subject=organization)
        services.seal_all_of(organization.pk)
        response = StreamingHttpResponse(services.exported(organization.pk), content_type="application/jsonl")
        response["Content-Disposition"] = f'attachment; filename="{organization.slug}-audit.jsonl"'
        return response


class SeenPeople(Endpoint):
    """Who saw how much."""

    scopes: ClassVar = {"GET": Scope.AUDIT_READ}

    @document(summary="Who was shown how much of the organization's data", out=Page[SeenOut], query=ACCESSES)
    def get(self, request: Request) -> Response:
        """One page, who saw most first."""
        rows = SeenDay.objects.visible_to(self.actor).values("user_id", "user__email")
        rows = rows.annotate(seen=Sum("pictures"), read=Sum("texts"), first=Min("day"), last=Max("day"))
        found = ACCESSES.rows(request, rows)
        out = [
            SeenOut(
                user_id=row["user_id"],
                who=row["user__email"],
                pictures=row["seen"],
                texts=row["read"],
                first=row["first"],
                last=row["last"],
            )
            for row in found.rows
        ]
        return Response(found.page(out))


class SeenPictures(Endpoint):
    """What was seen."""

    scopes: ClassVar = {"GET": Scope.AUDIT_READ}

    @document(
        summary="Who was shown which picture, text or row, newest first",
        out=Page[ViewingOut],
        query=VIEWINGS,
    )
    def get(self, request: Request) -> Response:
        """One page."""
        rows = Viewing.objects.visible_to(self.actor).select_related("user")
        return Response(VIEWINGS.page(request, rows, _viewing))


def _viewing(row: Viewing) -> ViewingOut:
    return ViewingOut(
        id=row.pk, at=row.at, user_id=row.user_id, who=row.user.email, asset_id=row.asset_id, item_id=row.item_id
    )
