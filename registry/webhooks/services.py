"""Telling others: an outbox in PostgreSQL, signed messages, tried again until taken."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
import requests
from celery import current_app
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.network.addresses import Unsafe
from plateau.network.outbound import in_request, look_up, post
from plateau.secrets.encryption import decrypt, encrypt
from registry.webhooks.errors import InvalidWebhookUrl
from registry.webhooks.models import Delivery, DeliveryState, Webhook

RETRY_DELAYS = [timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600)]
SECONDS = 10.0  # from the look-up of the name to the first line of the answer
UNDER_WAY = timedelta(seconds=60)  # longer than sending takes: until then nobody else sends the same message


def add(*, actor: Actor, url: str, events: list[str]) -> tuple[Webhook, str]:
    """A new address, and its secret, which is shown once.

    Raises:
        InvalidWebhookUrl: the address leads somewhere private, or nowhere.
        Unavailable: others of the organization wait for its addresses already.
    """
    try:
        with in_request(actor.organization_id):
            look_up(url)
    except Unsafe as error:
        raise InvalidWebhookUrl.in_field("url", str(error)) from error
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    with transaction.atomic():
        row = Webhook.objects.create(
            organization_id=actor.organization_id,
            url=url,
            events=sorted(set(events)),
            secret=encrypt(secret),
            created_by_id=actor.user_id or None,
        )
        record(actor=actor, action="webhook.added", subject=row, url=url, events=row.events)
    return row, secret


@transaction.atomic
def remove(*, actor: Actor, webhook: Webhook) -> None:
    """Take an address away, with what still waits for it."""
    record(actor=actor, action="webhook.removed", subject=webhook, url=webhook.url)
    webhook.delete()


def announce(*, organization_id: int, event: str, body: dict[str, Any]) -> None:
    """Write `event` to the outbox of every address that wants it; sent once the transaction is through."""
    hooks = Webhook.objects.filter(organization_id=organization_id, events__contains=[event])
    rows = Delivery.objects.bulk_create([Delivery(webhook=hook, event=event, body=body) for hook in hooks])
    if rows:
        transaction.on_commit(_wake)


def _wake() -> None:
    try:
        current_app.send_task("registry.webhooks.tasks.deliver", queue="default", retry=False)
    except Exception:  # noqa: S110  # the broker is away: the clock brings it
        pass


def signature(secret: str, identity: str, moment: int, body: bytes) -> str:
    """`v1,…`: HMAC-SHA256 over id, time and body, as in Standard Webhooks 1.0."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{identity}.{moment}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


@transaction.atomic
def claim(*, but_not_of: Sequence[int]) -> Delivery | None:
    """Take the message that is due the longest, but none of these organizations'; nobody else takes it meanwhile."""
    due = Delivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=Now())
    due = due.exclude(webhook__organization_id__in=but_not_of).select_related("webhook").order_by("next_at")
    row = due.select_for_update(skip_locked=True, of=("self",)).first()
    if row is not None:
        # The wait comes first: a process that dies while it sends leaves the message for later.
        row.attempts += 1
        row.next_at = Now() + UNDER_WAY
        row.save(update_fields=["attempts", "next_at"])
    return row


def record_attempt(*, row: Delivery, taken: bool, answer: str) -> None:
    """Write how a message went; one whose webhook was removed meanwhile is forgotten."""
    state = DeliveryState.TAKEN if taken else DeliveryState.WAITING
    if not taken and row.attempts > len(RETRY_DELAYS):
        state = DeliveryState.GIVEN_UP
    next_at = Now() + RETRY_DELAYS[min(row.attempts, len(RETRY_DELAYS)) - 1]
    # A message that another process took since, because this one lay still for long, is that one's to settle.
    claimed = Delivery.objects.filter(pk=row.pk, attempts=row.attempts)
    claimed.update(state=state, answer=answer[:300].replace("\x00", ""), next_at=next_at)


def send(row: Delivery) -> tuple[bool, str]:
    """Whether the receiver took it, and what it answered. No database: the row came with its webhook."""
    hook = row.webhook
    try:
        secret = decrypt(hook.secret)
    except ValueError:
        return False, "its secret was sealed with another SECRET_KEY: add the webhook anew"
    moment = int(timezone.now().timestamp())
    body = orjson.dumps({"type": row.event, "timestamp": row.created_at, "data": row.body})
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Plateau",
        "webhook-id": f"msg_{row.pk}",
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(secret, f"msg_{row.pk}", moment, body),
    }
    try:
        status = post(hook.url, body, headers, seconds=SECONDS)
    except requests.RequestException as error:
        return False, f"{type(error).__name__}: {error}"
    return 200 <= status < 300, f"HTTP {status}"
