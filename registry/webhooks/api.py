"""Routes of webhooks."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import NotFound, Unavailable
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import RequestModel, parse
from registry.webhooks import services
from registry.webhooks.errors import InvalidWebhookUrl
from registry.webhooks.filters import DELIVERIES, WEBHOOKS
from registry.webhooks.models import Delivery, DeliveryState, Webhook

Event = Literal["version.registered", "alias.moved", "alias.removed", "contract.verdict"]


class WebhookIn(RequestModel):
    """Where to send which events."""

    url: str = Field(min_length=8, max_length=500)
    events: list[Event] = Field(min_length=1, max_length=10)


class WebhookOut(BaseModel):
    """A webhook; `secret` is in the response of its creation alone."""

    id: int
    url: str
    events: list[str]
    secret: str
    created_at: datetime


class DeliveryOut(BaseModel):
    """One event for one webhook."""

    id: int
    event: str
    state: str
    attempts: int
    response: str = Field(description="Status or error of the last attempt")
    created_at: datetime
    next_attempt_at: datetime | None = Field(description="null: no further attempt")


def _webhook_out(row: Webhook, *, secret: str = "") -> WebhookOut:
    return WebhookOut(id=row.pk, url=row.url, events=row.events, secret=secret, created_at=row.created_at)


def _delivery_out(row: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=row.pk,
        event=row.event,
        state=row.state,
        attempts=row.attempts,
        response=row.response,
        created_at=row.created_at,
        next_attempt_at=row.next_attempt_at if row.state == DeliveryState.PENDING else None,
    )


class WebhookList(Endpoint):
    """Webhooks of the organization."""

    scopes: ClassVar = {"GET": Scope.MODELS_APPROVE, "POST": Scope.MODELS_APPROVE}

    @document(summary="Webhooks", out=Page[WebhookOut], query=WEBHOOKS)
    def get(self, request: Request) -> Response:
        """One page, the oldest first."""
        return Response(WEBHOOKS.page(request, Webhook.objects.visible_to(self.actor), _webhook_out))

    @document(
        summary="Add a webhook", body=WebhookIn, out=WebhookOut, status=201, errors=[InvalidWebhookUrl, Unavailable]
    )
    def post(self, request: Request) -> Response:
        """With its secret, shown this once."""
        body = parse(WebhookIn, request.data)
        row, secret = services.create_webhook(actor=self.actor, url=body.url, events=list(body.events))
        return Response(_webhook_out(row, secret=secret), status=201)


class WebhookEndpoint(Endpoint):
    """A webhook."""

    scopes: ClassVar = {"DELETE": Scope.MODELS_APPROVE}

    @document(summary="Delete a webhook", status=204, errors=[NotFound])
    def delete(self, request: Request, webhook_id: int) -> Response:
        """Its pending deliveries are dropped."""
        services.delete_webhook(
            actor=self.actor, webhook=Webhook.objects.visible_to(self.actor).get_or_404(pk=webhook_id)
        )
        return Response(status=204)


class WebhookDeliveries(Endpoint):
    """Deliveries of a webhook."""

    scopes: ClassVar = {"GET": Scope.MODELS_APPROVE}

    @document(
        summary="Deliveries of a webhook, newest first", out=Page[DeliveryOut], query=DELIVERIES, errors=[NotFound]
    )
    def get(self, request: Request, webhook_id: int) -> Response:
        """One page."""
        webhook = Webhook.objects.visible_to(self.actor).get_or_404(pk=webhook_id)
        return Response(DELIVERIES.page(request, Delivery.objects.filter(webhook=webhook), _delivery_out))
