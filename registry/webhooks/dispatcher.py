"""Sends what is due: many messages at a time, few of one organization, none of them on a worker's own threads.

A message waits for its receiver on a thread of its own here, which costs a few kilobytes and no database connection;
the thread that works off the outbox claims rows and writes how they went. Celery's few threads, on which snapshots and
exports run, are asked only to see that it runs (docs/decisions/0018-webhooks-by-a-courier.md).
"""

import logging
import queue
import threading
from collections import Counter

from django.db import close_old_connections, connection

from registry.webhooks import services
from registry.webhooks.models import Delivery

AT_ONCE = 32  # messages under way in one process
OF_ORGANIZATION = 2  # of those; a receiver that drips holds no more, each for `services.SECONDS`
LOOK_AGAIN = 0.5  # seconds until new messages are seen while others are under way
logger = logging.getLogger(__name__)


def deliver_due() -> int:
    """Send what is due, and what comes due meanwhile; each message by one process. How many were tried."""
    under_way: dict[int, Delivery] = {}
    held: Counter[int] = Counter()
    over: queue.SimpleQueue[tuple[int, bool, str]] = queue.SimpleQueue()
    done = 0
    while True:
        while len(under_way) < AT_ONCE and (row := _next(held)) is not None:
            under_way[row.pk] = row
            held[row.webhook.organization_id] += 1
            threading.Thread(target=_carry, args=(row, over), name=f"webhook-{row.pk}", daemon=True).start()
        if not under_way:
            return done
        try:
            pk, taken, answer = over.get(timeout=LOOK_AGAIN)
        except queue.Empty:
            continue
        row = under_way.pop(pk)
        held[row.webhook.organization_id] -= 1
        services.record_attempt(row=row, taken=taken, answer=answer)
        done += 1


def _next(held: Counter[int]) -> Delivery | None:
    return services.claim(but_not_of=[pk for pk, number in held.items() if number >= OF_ORGANIZATION])


def _carry(row: Delivery, over: "queue.SimpleQueue[tuple[int, bool, str]]") -> None:
    """Send one message. Touches no database: `row` came with its webhook."""
    try:
        taken, answer = services.send(row)
    except Exception as error:
        logger.exception("message %s to a webhook failed", row.pk)
        taken, answer = False, f"{type(error).__name__}: {error}"
    over.put((row.pk, taken, answer))


class Courier:
    """At most one thread of this process that works off the outbox; it ends when nothing is due."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._again = False

    def wake(self) -> None:
        """See that somebody looks at the outbox from now on; returns at once."""
        with self._lock:
            self._again = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="courier", daemon=True)
                self._thread.start()

    def wait(self, timeout: float | None = None) -> None:
        """Until it has nothing to do, or for `timeout` seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _work(self) -> None:
        try:
            while self._goes_on():
                try:
                    deliver_due()
                except Exception:  # the database is away, say: the clock wakes us again
                    logger.exception("webhooks wait for the next round")
                    close_old_connections()
        finally:
            connection.close()

    def _goes_on(self) -> bool:
        """Whether it was woken since it last looked; else it ends, and the next `wake` starts another."""
        with self._lock:
            if not self._again:
                self._thread = None
            on, self._again = self._again, False
            return on


COURIER = Courier()
