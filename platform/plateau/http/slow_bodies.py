"""Bodies that do not arrive: a piece of each has to come every ten seconds, or its connection is reset.

The server (granian) waits for a body on one of its threads, without an end, and does not say which socket is whose. So
the kernel is asked: a connection on which a request came, or a part of one, to which nothing was answered for as long,
and on which hardly anything comes, is one whose body does not arrive, unless a request that came whole is still being
worked on for the same address. Those are known here, and while there are any, only connections on which something drips
are reset: a whole request brings nothing more.
"""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any

from plateau.http.connections import ConnectionState, connection_states, reset

logger = logging.getLogger(__name__)
PIECE = 16 * 1024
SECONDS_FOR_PIECE = 10.0
SAMPLE_SECONDS = 1.0


@dataclass
class _Reader:
    """A thread that waits for a piece of a body since `since`."""

    address: str
    since: float


@dataclass
class _Seen:
    """What was seen of a connection: bytes sent, since when there is no answer, and bytes received by time."""

    sent: int
    unanswered_since: float | None = None
    received: deque[tuple[float, int]] = field(default_factory=deque)


class SlowBodies:
    """Watches the bodies of one process, by a thread that runs while there are any that keep it waiting."""

    def __init__(
        self,
        *,
        seconds_for_piece: float = SECONDS_FOR_PIECE,
        states: Callable[[int], list[ConnectionState]] = connection_states,
        reset_connection: Callable[[ConnectionState], None] = reset,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds, self._states, self._reset, self._clock = seconds_for_piece, states, reset_connection, clock
        self._lock = threading.Lock()
        self._readers: dict[int, _Reader] = {}
        self._working: dict[int, tuple[str, float]] = {}
        self._numbers = 0
        self._port = 0
        self._thread: threading.Thread | None = None
        self._seen: dict[int, _Seen] = {}

    @contextmanager
    def waiting(self, address: str, port: int) -> Iterator[None]:
        """A thread waits for a piece of a body from this address, on this port of ours."""
        with self._lock:
            self._numbers += 1
            number, self._port = self._numbers, port
            self._readers[number] = _Reader(address, self._clock())
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="slow-bodies", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._readers[number]

    @contextmanager
    def working(self, address: str) -> Iterator[None]:
        """A request that came whole is worked on."""
        with self._lock:
            self._numbers += 1
            number = self._numbers
            self._working[number] = address, self._clock()
        try:
            yield
        finally:
            with self._lock:
                del self._working[number]

    def _watch(self) -> None:
        while True:
            time.sleep(SAMPLE_SECONDS)
            with self._lock:
                if not self._readers:
                    self._thread, self._seen = None, {}
                    return
            try:
                self.sample()
            except Exception:
                logger.exception("slow bodies cannot be told")

    def sample(self) -> int:
        """Look at the connections, and reset those whose body does not arrive; how many."""
        now = self._clock()
        with self._lock:
            overdue = [reader for reader in self._readers.values() if now - reader.since > self._seconds]
            stuck = Counter(reader.address for reader in overdue)
            busy = {address for address, since in self._working.values() if now - since > self._seconds / 2}
            port = self._port
        states = self._states(port)
        try:
            self._note(states, now)
            slow = [state for state in states if self._is_slow(state, now, stuck, busy)] if stuck else []
            for state in slow:
                self._reset(state)
                self._seen.pop(state.inode, None)
            if slow:
                logger.warning("%d connections were reset, since a body did not arrive", len(slow))
            return len(slow)
        finally:
            for state in states:
                state.close()

    def _note(self, states: list[ConnectionState], now: float) -> None:
        seen = {state.inode: self._seen.get(state.inode) or _Seen(state.sent) for state in states}
        self._seen = seen
        for state in states:
            connection = seen[state.inode]
            if connection.sent != state.sent:
                connection.sent, connection.unanswered_since = state.sent, None
                connection.received.clear()
            grew = bool(connection.received) and connection.received[-1][1] < state.received
            if connection.unanswered_since is None and (state.is_unanswered or grew):
                connection.unanswered_since = now
            connection.received.append((now, state.received))
            while connection.received and now - connection.received[0][0] > self._seconds + SAMPLE_SECONDS:
                connection.received.popleft()

    def _is_slow(self, state: ConnectionState, now: float, stuck: Counter[str], busy: set[str]) -> bool:
        connection = self._seen[state.inode]
        since = connection.unanswered_since
        if state.peer not in stuck or since is None or now - since < self._seconds:
            return False
        came = state.received - connection.received[0][1]
        return came < PIECE and (came > 0 or state.peer not in busy)


class WatchedBody:
    """The input of a request, read in pieces that each have to come in time."""

    def __init__(self, source: IO[bytes], slow_bodies: SlowBodies, address: str, port: int) -> None:
        self._source, self._slow_bodies, self._address, self._port = source, slow_bodies, address, port

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer at the end; all of them where no number is given."""
        pieces = []
        remaining = size
        while remaining:
            piece = self._piece(PIECE if remaining < 0 else min(PIECE, remaining))
            if not piece:
                break
            pieces.append(piece)
            remaining -= len(piece) if remaining > 0 else 0
        return b"".join(pieces)

    def readline(self, *limit: int) -> bytes:
        """One line."""
        with self._slow_bodies.waiting(self._address, self._port):
            return self._source.readline(*limit)

    def readlines(self, hint: int = -1) -> list[bytes]:
        """All lines."""
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def _piece(self, size: int) -> bytes:
        with self._slow_bodies.waiting(self._address, self._port):
            piece: Any = self._source.read(size)
        return bytes(piece)
