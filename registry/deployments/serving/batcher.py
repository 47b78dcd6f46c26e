"""Dynamic batching with back-pressure: whoever comes while a batch runs is in the next one. No Django."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

import numpy as np
from numpy.typing import NDArray

Run = Callable[[NDArray[np.float32]], Sequence[Any]]


class Busy(Exception):
    """The queue is full; come back in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__("busy")
        self.seconds = seconds


class Batcher:
    """One thread runs one model; at most `waiting` requests wait for it.

    Args:
        run: (n, …) inputs to n answers.
        largest: Most rows of a batch.
        waiting: Most rows that wait.
    """

    def __init__(self, run: Run, *, largest: int = 16, waiting: int = 64) -> None:
        self._run = run
        self._largest = largest
        self._queue: queue.Queue[tuple[NDArray[np.float32], Future[Any]] | None] = queue.Queue(waiting)
        self._each = 0.01  # seconds a row, a moving average
        self._closed = False
        self._then: Callable[[], None] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def submit(self, row: NDArray[np.float32]) -> "Future[Any]":
        """Wait in line with one row.

        Raises:
            Busy: the line is full, or the model is being taken away.
        """
        made: Future[Any] = Future()
        with self._lock:
            if self._closed:
                raise Busy(0.1)
            try:
                self._queue.put_nowait((row, made))
            except queue.Full:
                raise Busy(max(1.0, self._queue.maxsize * self._each)) from None
        return made

    def close(self, then: Callable[[], None] | None = None) -> None:
        """Take nothing more; what waits is still answered, then the thread calls `then` and ends."""
        with self._lock:
            if self._closed:
                return
            self._closed, self._then = True, then
        self._queue.put(None)

    def _work(self) -> None:
        self._answer_all()
        if self._then is not None:
            self._then()

    def _answer_all(self) -> None:
        over = False
        while not over:
            first = self._queue.get()
            if first is None:
                return
            batch = [first]
            while len(batch) < self._largest:
                try:
                    more = self._queue.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    over = True
                    break
                batch.append(more)
            self._answer(batch)

    def _answer(self, batch: "list[tuple[NDArray[np.float32], Future[Any]]]") -> None:
        begun = time.monotonic()
        try:
            found = self._run(np.stack([row for row, _ in batch]))
        except Exception as error:  # the requests hear of it, the thread goes on
            for _, future in batch:
                future.set_exception(error)
            return
        self._each = 0.8 * self._each + 0.2 * (time.monotonic() - begun) / len(batch)
        for (_, future), answer in zip(batch, found, strict=True):
            future.set_result(answer)
