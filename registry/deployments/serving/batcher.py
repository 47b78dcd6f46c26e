"""Dynamic batching with a bounded queue: requests that come while a batch runs are in the next one. No Django."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

import numpy as np
from numpy.typing import NDArray

PredictBatch = Callable[[NDArray[np.float32]], Sequence[Any]]


class QueueFull(Exception):
    """The queue is full; try again in `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"queue full; try again in {retry_after:.1f} s")
        self.retry_after = retry_after


class Batcher:
    """One thread that runs one model; at most `capacity` requests wait for it.

    Args:
        predict_batch: (n, …) inputs to n outputs.
        max_batch_size: Most rows of a batch.
        capacity: Most rows that wait.
    """

    def __init__(self, predict_batch: PredictBatch, *, max_batch_size: int = 16, capacity: int = 64) -> None:
        self._predict_batch = predict_batch
        self._max_batch_size = max_batch_size
        self._queue: queue.Queue[tuple[NDArray[np.float32], Future[Any]] | None] = queue.Queue(capacity)
        self._seconds_per_row = 0.01  # a moving average
        self._is_closed = False
        self._on_closed: Callable[[], None] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def submit(self, row: NDArray[np.float32]) -> "Future[Any]":
        """Queue one row.

        Raises:
            QueueFull: the queue is full, or the model is being unloaded.
        """
        future: Future[Any] = Future()
        with self._lock:
            if self._is_closed:
                raise QueueFull(0.1)
            try:
                self._queue.put_nowait((row, future))
            except queue.Full:
                raise QueueFull(max(1.0, self._queue.maxsize * self._seconds_per_row)) from None
        return future

    def close(self, on_closed: Callable[[], None] | None = None) -> None:
        """Accept nothing more; what waits is still predicted, then the thread calls `on_closed` and ends."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed, self._on_closed = True, on_closed
        self._queue.put(None)

    def _run(self) -> None:
        self._predict_all()
        if self._on_closed is not None:
            self._on_closed()

    def _predict_all(self) -> None:
        is_last = False
        while not is_last:
            first = self._queue.get()
            if first is None:
                return
            batch = [first]
            while len(batch) < self._max_batch_size:
                try:
                    request = self._queue.get_nowait()
                except queue.Empty:
                    break
                if request is None:
                    is_last = True
                    break
                batch.append(request)
            self._predict(batch)

    def _predict(self, batch: "list[tuple[NDArray[np.float32], Future[Any]]]") -> None:
        started = time.monotonic()
        try:
            outputs = self._predict_batch(np.stack([row for row, _ in batch]))
        except Exception as error:  # the requests hear of it, the thread goes on
            for _, future in batch:
                future.set_exception(error)
            return
        self._seconds_per_row = 0.8 * self._seconds_per_row + 0.2 * (time.monotonic() - started) / len(batch)
        for (_, future), output in zip(batch, outputs, strict=True):
            future.set_result(output)
