"""Routes of the audit log and the data access log."""

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
from plateau.audit.filters import ACCESSES, EVENTS, USER_ACCESSES
from plateau.audit.models import AuditEvent, DailyDataAccess, DataAccess
from plateau.audit.renamed_actions import current_action, current_subject
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.query import QueryModel, parse_query
from plateau.identity.models import Organization

CHECKED_AT_ONCE = 20_000


class AuditEventOut(BaseModel):
    """One recorded act. `seal` is its place in the chain and its digest; None until it is sealed, seconds later."""

    id: int
    created_at: datetime
    actor: str = Field(description="E-mail address, or `system`")
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
    reason: str = Field(description="What is wrong there; empty: nothing")
    next: int | None = Field(description="Ask again with this as `after`: the log is walked in steps; null at its end")


class UserAccessOut(BaseModel):
    """How much of the organization's data one person was shown; what was shown on two days counts twice."""

    user_id: int
    user_email: str
    asset_count: int
    item_count: int
    first_on: date
    last_on: date


class DataAccessOut(BaseModel):
    """That a person was shown a picture (`asset_id`), or a text or row (`item_id`), on a day."""

    id: int
    created_at: datetime
    user_id: int
    user_email: str
    asset_id: int | None
    item_id: int | None


def _out(event: AuditEvent) -> AuditEventOut:
    seal = getattr(event, "seal", None)
    return AuditEventOut(
        id=event.pk,
        created_at=event.at,
        actor=event.user.email if event.user else "system",
        action=current_action(event.action),
        subject=current_subject(event.subject),
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
    )
    def get(self, request: Request) -> Response:
        """The outcome."""
        after = parse_query(CheckQuery, request).after
        if after == 0:
            services.seal_organization(self.actor.organization_id)
        outcome = services.check_chain(self.actor.organization_id, after=after, limit=CHECKED_AT_ONCE)
        return Response(AuditCheckOut(**vars(outcome)))


class AuditCsvExport(Endpoint):
    """The sealed log as a spreadsheet."""

    scopes: ClassVar = {"GET": Scope.AUDIT_READ}

    @document(summary="The sealed log as CSV, oldest first", out=bytes, media="text/csv")
    def get(self, request: Request) -> StreamingHttpResponse:
        """The file."""
        organization = Organization.objects.visible_to(self.actor).get_or_404()
        services.record(actor=self.actor, action="audit.exported", subject=organization, format="csv")
        services.seal_organization(organization.pk)
        content = services.export_csv(organization.pk)
        response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{organization.slug}-audit.csv"'
        return response


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
        organization = Organization.objects.visible_to(self.actor).get_or_404()
        services.record(actor=self.actor, action="audit.exported", subject=organization)
        services.seal_organization(organization.pk)
        response = StreamingHttpResponse(services.export_log(organization.pk), content_type="application/jsonl")
        response["Content-Disposition"] = f'attachment; filename="{organization.slug}-audit.jsonl"'
        return response


class AccessesByUser(Endpoint):
    """The data access log, summed for each person."""

    scopes: ClassVar = {"GET": Scope.AUDIT_READ}

    @document(summary="Who was shown how much of the organization's data", out=Page[UserAccessOut], query=USER_ACCESSES)
    def get(self, request: Request) -> Response:
        """One page, who was shown most first."""
        rows = DailyDataAccess.objects.visible_to(self.actor).values("user_id", "user__email")
        rows = rows.annotate(assets=Sum("asset_count"), items=Sum("item_count"), first=Min("day"), last=Max("day"))
        users = USER_ACCESSES.rows(request, rows)
        out = [
            UserAccessOut(
                user_id=row["user_id"],
                user_email=row["user__email"],
                asset_count=row["assets"],
                item_count=row["items"],
                first_on=row["first"],
                last_on=row["last"],
            )
            for row in users.rows
        ]
        return Response(users.page(out))


class AccessList(Endpoint):
    """The data access log."""

    scopes: ClassVar = {"GET": Scope.AUDIT_READ}

    @document(
        summary="Who was shown which picture, text or row, newest first",
        out=Page[DataAccessOut],
        query=ACCESSES,
    )
    def get(self, request: Request) -> Response:
        """One page."""
        rows = DataAccess.objects.visible_to(self.actor).select_related("user")
        return Response(ACCESSES.page(request, rows, _access))


def _access(row: DataAccess) -> DataAccessOut:
    return DataAccessOut(
        id=row.pk,
        created_at=row.at,
        user_id=row.user_id,
        user_email=row.user.email,
        asset_id=row.asset_id,
        item_id=row.item_id,
    )
