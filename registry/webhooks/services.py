"""Webhooks: an outbox in PostgreSQL, signed requests (Standard Webhooks 1.0), retries for 17 hours."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta

import orjson
import requests
from celery import current_app
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from annotation.labeling.reach import members_who_reach
from annotation.projects.models import Project
from labelkit.messages import Message
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.datalake.erasure import RESTORABLE_DAYS
from plateau.identity.models import Membership
from plateau.network.addresses import Unsafe
from plateau.network.outbound import in_request, look_up, post
from plateau.notifications.kinds import NOTIFICATION_KINDS
from plateau.secrets.encryption import decrypt, encrypt
from registry.webhooks.errors import InvalidWebhookUrl, UnknownEvent, WebhookNotDeleted
from registry.webhooks.models import Delivery, DeliveryState, Webhook

RETRY_DELAYS = [timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600)]
KEPT = timedelta(days=90)
TEST_EVENT = "webhook.test"  # nobody subscribes to it
TIMEOUT_SECONDS = 10.0  # from the look-up of the name to the first line of the response
CLAIM_DURATION = timedelta(seconds=60)  # longer than sending takes: until then nobody else sends the same delivery


def _check(actor: Actor, url: str, events: Sequence[str]) -> None:
    for event in events:
        if event not in NOTIFICATION_KINDS:
            raise UnknownEvent.in_field("events", Message("unknown event “{event}”", event=event))
    try:
        with in_request(actor.organization_id):
            look_up(url)
    except Unsafe as error:
        raise InvalidWebhookUrl.in_field("url", str(error)) from error


def create_webhook(*, actor: Actor, url: str, events: list[str]) -> tuple[Webhook, str]:
    """The webhook, and its secret, which is shown once.

    Raises:
        InvalidWebhookUrl: the address leads somewhere private, or nowhere.
        UnknownEvent: the catalog has no such event.
        Unavailable: others of the organization wait for its addresses already.
    """
    _check(actor, url, events)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    with transaction.atomic():
        webhook = Webhook.objects.create(
            organization_id=actor.organization_id,
            url=url,
            events=sorted(set(events)),
            secret=encrypt(secret),
            created_by_id=actor.user_id or None,
        )
        record(actor=actor, action="webhook.created", subject=webhook, url=url, events=webhook.events)
    return webhook, secret


@transaction.atomic
def change_webhook(*, actor: Actor, webhook: Webhook, url: str | None, events: list[str] | None) -> Webhook:
    """Send other events, or elsewhere; what is left out stays. Pending deliveries go to the new address.

    Who gives another address is the one whose projects it is told of from now on, and pending deliveries of other
    projects are dropped.

    Raises:
        InvalidWebhookUrl, UnknownEvent, Unavailable: see `create_webhook`.
    """
    _check(actor, url or webhook.url, events or [])
    if url and url != webhook.url:
        webhook.url, webhook.created_by_id = url, actor.user_id or None
        pending = Delivery.objects.filter(webhook=webhook, state=DeliveryState.PENDING)
        pending.exclude(pk__in=Delivery.objects.visible_to(actor).filter(webhook=webhook)).delete()
    webhook.events = webhook.events if events is None else sorted(set(events))
    webhook.save(update_fields=["url", "events", "created_by"])
    record(actor=actor, action="webhook.changed", subject=webhook, url=webhook.url, events=webhook.events)
    return webhook


@transaction.atomic
def send_test(*, actor: Actor, webhook: Webhook) -> Delivery:
    """A delivery that says nothing but that deliveries arrive."""
    payload = {"message": "This is a test delivery of Plateau."}
    delivery = Delivery.objects.create(webhook=webhook, event=TEST_EVENT, payload=payload)
    record(actor=actor, action="webhook.tested", subject=webhook, delivery_id=delivery.pk)
    transaction.on_commit(_wake_dispatcher)
    return delivery


@transaction.atomic
def redeliver(*, actor: Actor, delivery: Delivery) -> Delivery:
    """Send a delivery again, whatever came of it; it keeps its message id, by which receivers know it."""
    locked = Delivery.objects.select_for_update(of=("self",)).select_related("webhook").get(pk=delivery.pk)
    locked.state, locked.attempts, locked.response = DeliveryState.PENDING, 0, ""
    locked.next_attempt_at = timezone.now()
    locked.save(update_fields=["state", "attempts", "response", "next_attempt_at"])
    record(actor=actor, action="webhook.redelivered", subject=locked.webhook, delivery_id=locked.pk)
    transaction.on_commit(_wake_dispatcher)
    return locked


@transaction.atomic
def delete_webhook(*, actor: Actor, webhook: Webhook) -> None:
    """Send it nothing any more, nor what is pending; it can be restored until `purge_deleted` comes."""
    webhook.deliveries.filter(state=DeliveryState.PENDING).delete()
    webhook.deleted_at = timezone.now()
    webhook.save(update_fields=["deleted_at"])
    record(actor=actor, action="webhook.deleted", subject=webhook, url=webhook.url)


@transaction.atomic
def restore_webhook(*, actor: Actor, webhook: Webhook) -> Webhook:
    """Send events again from now on, with the secret that it had.

    Raises:
        WebhookNotDeleted: it is not deleted.
    """
    row = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if row.deleted_at is None:
        raise WebhookNotDeleted
    row.deleted_at = None
    row.save(update_fields=["deleted_at"])
    record(actor=actor, action="webhook.restored", subject=row, url=row.url)
    return row


def purge_deleted() -> int:
    """Delete for good, with its deliveries, what was deleted `RESTORABLE_DAYS` ago; how many."""
    rows = Webhook.objects.filter(deleted_at__lt=timezone.now() - timedelta(days=RESTORABLE_DAYS))
    return rows.delete()[1].get(Webhook._meta.label, 0)


def enqueue_deliveries(
    *, organization_id: int, project_id: int | None = None, event: str, payload: Mapping[str, object]
) -> None:
    """Write `event` to the outbox of every webhook that subscribes to it; sent after the transaction commits.

    An event of a project goes to webhooks of members who reach it; where the member is gone, one that is open to
    everyone still sends.
    """
    webhooks = Webhook.objects.filter(organization_id=organization_id, events__contains=[event], deleted_at=None)
    if project_id is not None:
        active = Membership.objects.filter(organization_id=organization_id, is_active=True)
        in_reach = active.filter(pk__in=members_who_reach(project_id))
        condition = Q(created_by__in=in_reach.values("user"))
        if Project.objects.filter(pk=project_id, is_open_to_everyone=True).exists():
            condition |= ~Q(created_by__in=active.values("user")) | Q(created_by=None)
        webhooks = webhooks.filter(condition)
    rows = Delivery.objects.bulk_create(
        [Delivery(webhook=webhook, project_id=project_id, event=event, payload=payload) for webhook in webhooks]
    )
    if rows:
        transaction.on_commit(_wake_dispatcher)


def _wake_dispatcher() -> None:
    try:
        current_app.send_task("registry.webhooks.tasks.wake_dispatcher", queue="default", retry=False)
    except Exception:  # noqa: S110  # without a broker, beat wakes it later
        pass


def sign_body(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Value of `webhook-signature`: `v1,` and HMAC-SHA256 over id, time and body, as in Standard Webhooks 1.0."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


@transaction.atomic
def claim_delivery(*, excluded_organizations: Sequence[int]) -> Delivery | None:
    """The delivery that is due the longest; no other process claims it for `CLAIM_DURATION`."""
    due = Delivery.objects.filter(state=DeliveryState.PENDING, next_attempt_at__lte=Now())
    due = due.exclude(webhook__organization_id__in=excluded_organizations).select_related("webhook")
    delivery = due.order_by("next_attempt_at").select_for_update(skip_locked=True, of=("self",)).first()
    if delivery is not None:
        # The wait comes first: a process that dies while it sends leaves the delivery for later.
        delivery.attempts += 1
        delivery.next_attempt_at = Now() + CLAIM_DURATION
        delivery.save(update_fields=["attempts", "next_attempt_at"])
    return delivery


def record_attempt(*, delivery: Delivery, is_delivered: bool, response: str) -> None:
    """Write how an attempt went; nothing where the webhook was deleted meanwhile."""
    state = DeliveryState.DELIVERED if is_delivered else DeliveryState.PENDING
    if not is_delivered and delivery.attempts > len(RETRY_DELAYS):
        state = DeliveryState.FAILED
    next_attempt_at = Now() + RETRY_DELAYS[min(delivery.attempts, len(RETRY_DELAYS)) - 1]
    # A delivery that another process claimed since, because this one lay still for long, is that one's to record.
    claimed = Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts)
    claimed.update(state=state, response=response[:300].replace("\x00", ""), next_attempt_at=next_attempt_at)


def delete_old_deliveries() -> int:
    """Delete deliveries that ended more than `KEPT` ago; how many."""
    ended = Delivery.objects.exclude(state=DeliveryState.PENDING).filter(created_at__lt=timezone.now() - KEPT)
    return ended.delete()[0]


def send_delivery(delivery: Delivery) -> tuple[bool, str]:
    """Whether the receiver accepted it (2xx), and its response. No database: the row came with its webhook."""
    webhook = delivery.webhook
    try:
        secret = decrypt(webhook.secret)
    except ValueError:
        return False, "its secret was encrypted with another SECRET_KEY: add the webhook anew"
    timestamp = int(timezone.now().timestamp())
    message_id = f"msg_{delivery.pk}"
    body = orjson.dumps({"type": delivery.event, "timestamp": delivery.created_at, "data": delivery.payload})
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Plateau",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign_body(secret, message_id, timestamp, body),
    }
    try:
        status = post(webhook.url, body, headers, seconds=TIMEOUT_SECONDS, organization_id=webhook.organization_id)
    except requests.RequestException as error:
        return False, f"{type(error).__name__}: {error}"
    return 200 <= status < 300, f"HTTP {status}"
