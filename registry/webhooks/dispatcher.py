"""Sends the webhook deliveries that are due: many at a time, few of one organization, none on a worker's own threads.

Each request waits for its receiver on a thread of its own, which costs a few kilobytes and no database connection; the
dispatcher's one thread claims rows and writes how they went. Celery's few threads, on which snapshots and exports run,
only see that the dispatcher runs (docs/decisions/0018-webhook-dispatcher.md).
"""

import logging
import queue
import threading
from collections import Counter

from django.db import close_old_connections, connection

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


class Dispatcher:
    """At most one thread of this process that works off the outbox; it ends when nothing is due."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_woken = False

    def wake(self) -> None:
        """See that the outbox is looked at from now on; returns at once."""
        with self._lock:
            self._is_woken = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="webhook-dispatcher", daemon=True)
                self._thread.start()

    def wait(self, timeout: float | None = None) -> None:
        """Until it has nothing to do, or for `timeout` seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _work(self) -> None:
        try:
            while self._take_wake_up():
                try:
                    dispatch_due_deliveries()
                except Exception:  # no database for the moment, say: beat wakes it again
                    logger.exception("webhooks wait for the next round")
                    close_old_connections()
        finally:
            connection.close()

    def _take_wake_up(self) -> bool:
        """Whether it was woken since it last looked; else the thread ends, and the next `wake` starts another."""
        with self._lock:
            if not self._is_woken:
                self._thread = None
            is_woken, self._is_woken = self._is_woken, False
            return is_woken


DISPATCHER = Dispatcher()
