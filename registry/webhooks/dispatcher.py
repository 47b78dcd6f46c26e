"""Sends the webhook deliveries that are due: many at a time, few of one organization, none on a worker's own threads.

Each request waits for its receiver on a thread of its own, which costs a few kilobytes and no database connection; the
dispatcher's one thread claims rows and writes how they went. Celery's few threads, on which snapshots and exports run,
only see that the dispatcher runs (docs/decisions/0018-webhook-dispatcher.md).
"""

import logging
import queue
import threading
from collections import Counter

from plateau.outages.background import BackgroundWorker
from registry.webhooks import services
from registry.webhooks.models import Delivery

MAX_CONCURRENT = 32  # requests under way in one process
MAX_PER_ORGANIZATION = 2  # of those; a receiver that drips holds no more, each for `services.TIMEOUT_SECONDS`
POLL_SECONDS = 0.5  # until new deliveries are looked for while others are under way
logger = logging.getLogger(__name__)
SendResult = tuple[int, bool, str]  # primary key, whether it was delivered, the response in words


def dispatch_due_deliveries() -> int:
    """Send what is due, and what comes due meanwhile; the number of attempts."""
    in_flight: dict[int, Delivery] = {}
    in_flight_by_organization: Counter[int] = Counter()
    results: queue.SimpleQueue[SendResult] = queue.SimpleQueue()
    attempts = 0
    while True:
        while len(in_flight) < MAX_CONCURRENT and (delivery := _claim_next(in_flight_by_organization)) is not None:
            in_flight[delivery.pk] = delivery
            in_flight_by_organization[delivery.webhook.organization_id] += 1
            name = f"webhook-{delivery.pk}"
            threading.Thread(target=_send, args=(delivery, results), name=name, daemon=True).start()
        if not in_flight:
            return attempts
        try:
            delivery_id, is_delivered, response = results.get(timeout=POLL_SECONDS)
        except queue.Empty:
            continue
        delivery = in_flight.pop(delivery_id)
        in_flight_by_organization[delivery.webhook.organization_id] -= 1
        services.record_attempt(delivery=delivery, is_delivered=is_delivered, response=response)
        attempts += 1


def _claim_next(in_flight_by_organization: Counter[int]) -> Delivery | None:
    busy = [pk for pk, number in in_flight_by_organization.items() if number >= MAX_PER_ORGANIZATION]
    return services.claim_delivery(excluded_organizations=busy)


def _send(delivery: Delivery, results: "queue.SimpleQueue[SendResult]") -> None:
    """Send one delivery. Touches no database: the row came with its webhook."""
    try:
        is_delivered, response = services.send_delivery(delivery)
    except Exception as error:
        logger.exception("delivery %s of a webhook failed", delivery.pk)
        is_delivered, response = False, f"{type(error).__name__}: {error}"
    results.put((delivery.pk, is_delivered, response))


DISPATCHER = BackgroundWorker("webhook-dispatcher", dispatch_due_deliveries)
