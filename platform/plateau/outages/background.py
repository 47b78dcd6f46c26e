"""Work that waits for others' servers, on one thread beside Celery's few, so that it holds none of them."""

import logging
import threading
from collections.abc import Callable

from django.db import close_old_connections, connection

logger = logging.getLogger(__name__)


class BackgroundWorker:
    """At most one thread of this process that works off an outbox; it ends when nothing is due."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        """`work` does what is due; it is called again for each `wake` that came since it was begun."""
        self._name, self._work_once = name, work
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_woken = False

    def wake(self) -> None:
        """See that the outbox is looked at from now on; returns at once."""
        with self._lock:
            self._is_woken = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
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
                    self._work_once()
                except Exception:  # no database for the moment, say: beat wakes it again
                    logger.exception("%s waits for the next round", self._name)
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
