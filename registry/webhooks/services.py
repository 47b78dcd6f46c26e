"""Telling others: an outbox in PostgreSQL, signed messages, tried again until taken."""

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any

import orjson
import urllib3
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from plateau.audit.services import record
from plateau.celery import app
from plateau.kernel.addresses import Target, Unsafe, check
from plateau.kernel.errors import Invalid
from plateau.kernel.scopes import Actor
from plateau.kernel.sealed import seal, unseal

from registry.webhooks.models import Delivery, DeliveryState, Webhook

WAITS = [timedelta(seconds=one) for one in (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600)]
SECONDS = 5.0
BATCH = 50


def _fields(field: str, message: str) -> Invalid:
    return Invalid(f"{field}: {message}", [{"field": field, "message": message}])


@transaction.atomic
def add(*, actor: Actor, url: str, events: list[str]) -> tuple[Webhook, str]:
    """A new address, and its secret, which is shown once.

    Raises:
        Invalid: the address leads somewhere private, or nowhere.
    """
    try:
        check(url, settings.OUTBOUND_NETWORKS)
    except Unsafe as error:
        raise _fields("url", str(error)) from error
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    row = Webhook.objects.create(
        organization_id=actor.organization_id,
        url=url,
        events=sorted(set(events)),
        secret=seal(secret),
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
        app.send_task("registry.webhooks.tasks.deliver", queue="default", retry=False)
    except Exception:  # noqa: S110  # the broker is away: the clock brings it
        pass


def signature(secret: str, identity: str, moment: int, body: bytes) -> str:
    """`v1,…`: HMAC-SHA256 over id, time and body, as in Standard Webhooks 1.0."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.new(key, f"{identity}.{moment}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(made).decode()


def deliver_due() -> int:
    """Send what is due; each message is sent by one process, and its row says how it went."""
    done = 0
    for _ in range(BATCH):
        with transaction.atomic():
            due = Delivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=Now())
            row = due.select_for_update(skip_locked=True).order_by("next_at").first()
            if row is None:
                return done
            # The wait comes first: a process that dies while it sends leaves the message for later.
            row.attempts += 1
            row.next_at = Now() + WAITS[min(row.attempts, len(WAITS)) - 1]
            row.save(update_fields=["attempts", "next_at"])
        _try(row)
        done += 1
    return done


def _try(row: Delivery) -> None:
    taken, answer = _send(row)
    row.answer = answer[:300]
    if taken:
        row.state = DeliveryState.TAKEN
    elif row.attempts > len(WAITS):
        row.state = DeliveryState.GIVEN_UP
    row.save(update_fields=["state", "answer"])


def _send(row: Delivery) -> tuple[bool, str]:
    hook = row.webhook
    try:
        secret = unseal(hook.secret)
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
        target = check(hook.url, settings.OUTBOUND_NETWORKS)
    except Unsafe as error:
        return False, str(error)
    try:
        with _pool(target) as pool:
            response = pool.urlopen(
                "POST", target.path, body=body, headers=headers | {"Host": _host(target)}, redirect=False,
                retries=False, timeout=urllib3.Timeout(total=SECONDS), preload_content=False,
            )  # fmt: skip
            response.release_conn()
    except urllib3.exceptions.HTTPError as error:
        return False, f"{type(error).__name__}: {error}"
    return 200 <= response.status < 300, f"HTTP {response.status}"


def _host(target: Target) -> str:
    plain = target.port == (443 if target.scheme == "https" else 80)
    return target.host if plain else f"{target.host}:{target.port}"


def _pool(target: Target) -> urllib3.HTTPConnectionPool:
    """A connection to the very address that was checked; the certificate must be the name's."""
    if target.scheme == "https":
        return urllib3.HTTPSConnectionPool(
            target.ip, target.port, server_hostname=target.host, assert_hostname=target.host
        )
    return urllib3.HTTPConnectionPool(target.ip, target.port)
