"""Calls to a server that does not answer are given up for a while, so that they hold nobody else up. No Django."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

FAILURES = 3  # in a row, from which on a server is left alone
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 300.0  # seconds; each failure after a pause doubles the next
MAX_SERVERS = 10_000  # that are remembered


@dataclass
class _Record:
    """What is known of a server: failures in a row, and until when it is left alone."""

    failures: int = 0
    paused_until: float = 0.0
    pause: float = 0.0


class CircuitBreaker:
    """Counts failures in a row by server, in this process; after a pause one call is let through to try.

    Reference: M. T. Nygard (2007), "Release It!", ch. 5.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._records: OrderedDict[Hashable, _Record] = OrderedDict()
        self._lock = threading.Lock()

    def seconds_left(self, server: Hashable) -> float:
        """How long the server is to be left alone; 0 where it may be called, which somebody then does."""
        with self._lock:
            record = self._records.get(server)
            if record is None or record.failures < FAILURES:
                return 0.0
            seconds = record.paused_until - self._clock()
            if seconds <= 0:
                record.paused_until = self._clock() + record.pause  # one tries, the others wait for what comes of it
            return max(0.0, seconds)

    def succeeded(self, server: Hashable) -> None:
        """It answered, whatever it said."""
        with self._lock:
            self._records.pop(server, None)

    def failed(self, server: Hashable) -> None:
        """It did not answer, or not in time."""
        with self._lock:
            record = self._records.setdefault(server, _Record())
            self._records.move_to_end(server)
            record.failures += 1
            if record.failures >= FAILURES:
                record.pause = min(LONGEST_PAUSE, record.pause * 2 or FIRST_PAUSE)
                record.paused_until = self._clock() + record.pause
            while len(self._records) > MAX_SERVERS:
                self._records.popitem(last=False)
