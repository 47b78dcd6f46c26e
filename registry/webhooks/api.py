"""Routes of webhooks."""

from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field, StringConstraints
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.datalake.erasure import RESTORABLE_DAYS
from plateau.http.errors import NotFound, Unavailable
from plateau.http.etags import IF_MATCH, Editable, unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import RequestModel, parse
from plateau.notifications.kinds import NOTIFICATION_KINDS
from registry.webhooks import services
from registry.webhooks.errors import InvalidWebhookUrl, UnknownEvent, WebhookNotDeleted
from registry.webhooks.filters import DELIVERIES, EVENTS, WEBHOOKS
from registry.webhooks.models import Delivery, DeliveryState, Webhook

Event = Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=30)]
Events = Annotated[list[Event], Field(min_length=1, max_length=50)]


class EventOut(BaseModel):
    """An event that webhooks can subscribe to; by `notifies_people` people can choose to be told too."""

    event: str
    notifies_people: bool


class WebhookIn(RequestModel):
    """Where to send which events."""

    url: str = Field(min_length=8, max_length=500)
    events: Events


class WebhookChange(RequestModel):
    """What may change of a webhook; what is left out stays."""

    url: str | None = Field(default=None, min_length=8, max_length=500)
    events: Events | None = None


class WebhookOut(Editable):
    """A webhook; `secret` is in the response of its creation alone."""

    edited: ClassVar[tuple[str, ...]] = ("url", "events")

    id: int
    url: str
    events: list[str]
    secret: str
    created_at: datetime
    deleted_at: datetime | None
    purged_at: datetime | None = Field(description="When a deleted one goes for good")


class DeliveryOut(BaseModel):
    """One event for one webhook."""

    id: int
    event: str
    payload: dict[str, Any]
    state: str
    attempts: int
    response: str = Field(description="Status or error of the last attempt")
    created_at: datetime
    next_attempt_at: datetime | None = Field(description="null: no further attempt")


def _webhook_out(row: Webhook, *, secret: str = "") -> WebhookOut:
    return WebhookOut(
        id=row.pk,
        url=row.url,
        events=row.events,
        secret=secret,
        created_at=row.created_at,
        deleted_at=row.deleted_at,
        purged_at=row.deleted_at + timedelta(days=RESTORABLE_DAYS) if row.deleted_at else None,
    )


def _delivery_out(row: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=row.pk,
        event=row.event,
        payload=row.payload,
        state=row.state,
        attempts=row.attempts,
        response=row.response,
        created_at=row.created_at,
        next_attempt_at=row.next_attempt_at if row.state == DeliveryState.PENDING else None,
    )


def _get_webhook(endpoint: Endpoint, webhook_id: int) -> Webhook:
    return Webhook.objects.visible_to(endpoint.actor).get_or_404(pk=webhook_id, deleted_at=None)


class WebhookList(Endpoint):
    """Webhooks of the organization."""

    scopes: ClassVar = {"GET": Scope.MODELS_APPROVE, "POST": Scope.MODELS_APPROVE}

    @document(summary="Webhooks", out=Page[WebhookOut], query=WEBHOOKS)
    def get(self, request: Request) -> Response:
        """One page, the oldest first."""
        return Response(WEBHOOKS.page(request, Webhook.objects.visible_to(self.actor), _webhook_out))

    @document(
        summary="Add a webhook",
        body=WebhookIn,
        out=WebhookOut,
        status=201,
        errors=[InvalidWebhookUrl, UnknownEvent, Unavailable],
    )
    def post(self, request: Request) -> Response:
        """With its secret, shown this once."""
        body = parse(WebhookIn, request.data)
        row, secret = services.create_webhook(actor=self.actor, url=body.url, events=list(body.events))
        return Response(_webhook_out(row, secret=secret), status=201)


class EventList(Endpoint):
    """The catalog of events."""

    scopes: ClassVar = {"GET": Scope.MODELS_APPROVE}

    @document(summary="Events that webhooks can subscribe to", out=Page[EventOut], query=EVENTS)
    def get(self, request: Request) -> Response:
        """All, by name."""
        rows = [
            EventOut(event=key, notifies_people=kind.notifies_people)
            for key, kind in sorted(NOTIFICATION_KINDS.items())
        ]
        return Response(EVENTS.page(request, rows))


class WebhookTest(Endpoint):
    """A try."""

    scopes: ClassVar = {"POST": Scope.MODELS_APPROVE}

    @document(summary="Send a test delivery", out=DeliveryOut, status=202, errors=[NotFound])
    def post(self, request: Request, webhook_id: int) -> Response:
        """Its outcome is among the deliveries a moment later."""
        webhook = _get_webhook(self, webhook_id)
        return Response(_delivery_out(services.send_test(actor=self.actor, webhook=webhook)), status=202)


class DeliveryRedeliver(Endpoint):
    """A delivery again."""

    scopes: ClassVar = {"POST": Scope.MODELS_APPROVE}

    @document(summary="Send a delivery again", out=DeliveryOut, status=202, errors=[NotFound])
    def post(self, request: Request, delivery_id: int) -> Response:
        """With its message id, as a retry."""
        delivery = Delivery.objects.visible_to(self.actor).get_or_404(pk=delivery_id, webhook__deleted_at=None)
        return Response(_delivery_out(services.redeliver(actor=self.actor, delivery=delivery)), status=202)


class WebhookEndpoint(Endpoint):
    """A webhook."""

    scopes: ClassVar = {"PATCH": Scope.MODELS_APPROVE, "DELETE": Scope.MODELS_APPROVE}

    @document(
        summary="Change a webhook's events or address",
        body=WebhookChange,
        out=WebhookOut,
        headers=IF_MATCH,
        errors=[NotFound, InvalidWebhookUrl, UnknownEvent, Unavailable],
    )
    def patch(self, request: Request, webhook_id: int) -> Response:
        """Its secret stays."""
        change = parse(WebhookChange, request.data)
        row = _get_webhook(self, webhook_id)
        with unchanged(request, row, lambda: _webhook_out(row)):
            changed = services.change_webhook(actor=self.actor, webhook=row, url=change.url, events=change.events)
            return Response(_webhook_out(changed))

    @document(summary="Delete a webhook", status=204, errors=[NotFound])
    def delete(self, request: Request, webhook_id: int) -> Response:
        """Its pending deliveries are dropped; it can be restored for 30 days."""
        services.delete_webhook(actor=self.actor, webhook=_get_webhook(self, webhook_id))
        return Response(status=204)


class WebhookRestore(Endpoint):
    """A deleted webhook."""

    scopes: ClassVar = {"POST": Scope.MODELS_APPROVE}

    @document(summary="Restore a deleted webhook", out=WebhookOut, errors=[NotFound, WebhookNotDeleted])
    def post(self, request: Request, webhook_id: int) -> Response:
        """Events are sent again from now on."""
        row = Webhook.objects.visible_to(self.actor).get_or_404(pk=webhook_id)
        return Response(_webhook_out(services.restore_webhook(actor=self.actor, webhook=row)))


class WebhookDeliveries(Endpoint):
    """Deliveries of a webhook."""

    scopes: ClassVar = {"GET": Scope.MODELS_APPROVE}

    @document(
        summary="Deliveries of a webhook, newest first", out=Page[DeliveryOut], query=DELIVERIES, errors=[NotFound]
    )
    def get(self, request: Request, webhook_id: int) -> Response:
        """One page."""
        webhook = _get_webhook(self, webhook_id)
        return Response(
            DELIVERIES.page(request, Delivery.objects.visible_to(self.actor).filter(webhook=webhook), _delivery_out)
        )
