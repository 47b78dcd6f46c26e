"""Load shedding in front of Django and the MLflow proxy: few requests run at a time, the excess is rejected.

The server (granian) has many cheap threads that each hold one request; the few threads of a pool here run the
application, each with its database connection. What is queued is therefore known, and excess can be rejected: with 503
where everybody asks too much at once, with 429 where one caller fills the queue alone. A body is read before its
request is queued, up to a size in a file, so a slow line holds nobody up, and few bodies of one address are read at a
time; those that are longer have a pool of their own, and so have requests that wait for an address that an organization
named: its provider of sign-ins may be as slow as it likes. The server's threads are more than all of these may hold, so
that `/healthz` always finds one.
"""

import io
import logging
import tempfile
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import orjson
from django.db import connections

from plateau.http.abort import filler_until_reset
from plateau.http.callers import Caller, caller_of, network_of, remember_caller
from plateau.http.client_ip import client_address
from plateau.http.connections import limit_stalls
from plateau.http.problems import problem
from plateau.http.slow_bodies import SlowBodies, WatchedBody

logger = logging.getLogger(__name__)

MAX_SMALL_BODY_BYTES = 1024 * 1024
MAX_BUFFERED_RESPONSE_BYTES = 1024 * 1024
MAX_SPOOLED_BODY_BYTES = 32 * 1024 * 1024  # of a body that is read before its request is queued; longer ones stream
MAX_READING = 96  # bodies that are read at a time in a process, each on one of the server's threads
MAX_READING_OF_ADDRESS = 24
MAX_SPOOLED = 16  # of those, bodies of more than a megabyte, which lie on disk
MAX_STREAMS_OF_CALLER = 24  # long responses that one caller receives at a time from a process
STREAMING_THREADS = 3
MAX_IN_FLIGHT = 168  # requests, and long responses, at a time in a process; the server has 192 threads (Procfile)
OUTBOUND_THREADS = 6  # they wait more than they work; an organization takes two (plateau/network/outbound.py)
_PIECE = 256 * 1024
UNQUEUED_PATHS = ("/healthz",)  # answered however busy the process is


class QueuedRequest:
    """A request and, once it `finished`, its response, its error, or the status by which it was rejected."""

    def __init__(self, environ: WSGIEnvironment) -> None:
        self.environ = environ
        self.finished = threading.Event()
        self.rejection_status = ""
        self.error: BaseException | None = None
        self.start: tuple[Any, ...] = ()
        self.body: Iterable[bytes] = ()

    def reject(self, status: str) -> None:
        """It is not served."""
        self.rejection_status = status
        self.finished.set()


class FairQueue:
    """Requests that wait: organizations take turns, and within each the people."""

    def __init__(self) -> None:
        self._groups: OrderedDict[str, OrderedDict[str, deque[QueuedRequest]]] = OrderedDict()
        self._sizes: Counter[str] = Counter()
        self.size = 0

    def push(self, caller: Caller, queued: QueuedRequest) -> None:
        """At the end of the caller's own."""
        group, member = caller
        self._groups.setdefault(group, OrderedDict()).setdefault(member, deque()).append(queued)
        self._sizes[group] += 1
        self.size += 1

    def pop(self) -> QueuedRequest:
        """The first of whoever's turn it is; after that the others come first."""
        group, members = self._groups.popitem(last=False)
        member, requests = members.popitem(last=False)
        queued = requests.popleft()
        self._sizes[group] -= 1
        self.size -= 1
        if requests:
            members[member] = requests
        if members:
            self._groups[group] = members
        else:
            del self._sizes[group]
        return queued

    def waiting_of(self, caller: Caller) -> int:
        """How many requests of a caller wait."""
        group, member = caller
        return len(self._groups[group].get(member, ())) if group in self._groups else 0

    def evict_for(self, caller: Caller) -> QueuedRequest | None:
        """Take out the newest request of the heaviest member of the heaviest group; None where that is the caller.

        Nobody gives way to somebody with as many requests as they have.
        """
        group, member = caller
        heaviest = max(self._groups, key=lambda name: self._sizes[name])
        if heaviest != group and self._sizes[heaviest] <= self._sizes.get(group, 0) + 1:
            heaviest = group  # the groups are even: its own members settle it
        members = self._groups.get(heaviest)
        if not members:
            return None
        heaviest_member = max(members, key=lambda name: len(members[name]))
        own = len(members.get(member, ())) if heaviest == group else 0
        if heaviest == group and len(members[heaviest_member]) <= own + 1:
            return None
        requests = members[heaviest_member]
        queued = requests.pop()
        self._sizes[heaviest] -= 1
        self.size -= 1
        if not requests:
            del members[heaviest_member]
        if not members:
            del self._groups[heaviest], self._sizes[heaviest]
        return queued


class ThreadPool:
    """Threads that run the application, and a queue in which callers take turns."""

    def __init__(self, application: WSGIApplication, *, threads: int, queue_capacity: int, name: str) -> None:
        self.application, self.queue_capacity, self.idle_threads = application, queue_capacity, threads
        self.queue = FairQueue()
        self.changed = threading.Condition()
        for index in range(threads):
            threading.Thread(target=self._work, name=f"{name}-{index}", daemon=True).start()

    @property
    def queued_count(self) -> int:
        """How many requests wait."""
        return self.queue.size

    def submit(self, caller: Caller, queued: QueuedRequest) -> None:
        """Queue a request; where the queue is full, the caller with the most requests in it loses its newest."""
        with self.changed:
            # Requests that idle threads are about to take do not count.
            if self.queue.size >= self.queue_capacity + self.idle_threads:
                evicted = self.queue.evict_for(caller)
                if evicted is None:
                    queued.reject("429" if self.queue.waiting_of(caller) > 1 else "503")
                    return
                evicted.reject("429")
            self.queue.push(caller, queued)
            self.changed.notify()

    def _next(self) -> QueuedRequest:
        with self.changed:
            while not self.queue.size:
                self.changed.wait()
            queued = self.queue.pop()
            self.idle_threads -= 1
            return queued

    def _work(self) -> None:
        while True:
            queued = self._next()
            try:
                _run(self.application, queued)
                remember_caller(queued.environ)
            except BaseException as error:
                queued.error = error
            with self.changed:
                self.idle_threads += 1
            queued.finished.set()


def _run(application: WSGIApplication, queued: QueuedRequest) -> None:
    def start_response(status: str, headers: list[tuple[str, str]], *rest: object) -> None:
        queued.start = (status, headers, *rest)

    # Django and the proxy write nothing by what start_response returns.
    body = application(queued.environ, start_response)  # type: ignore[arg-type]
    if not queued.start:  # WSGI lets an application begin its response with the first piece of its body
        body = list(body)
    length = next((value for key, value in queued.start[1] if key.lower() == "content-length"), "")
    if not length.isdigit() or int(length) > MAX_BUFFERED_RESPONSE_BYTES:
        queued.body = _StreamedResponse(body, queued.environ, has_content_length=length.isdigit())
        return
    try:
        queued.body = [b"".join(body)]
    finally:
        if hasattr(body, "close"):
            body.close()


class _StreamedResponse:
    """A long response, read by the server's thread: it holds no thread of the pool, and closes its database connection.

    Where its body fails half way, the connection is broken off; with a Content-Length, the server does
    that, which sees that bytes are missing.
    """

    def __init__(self, body: Iterable[bytes], environ: WSGIEnvironment, *, has_content_length: bool) -> None:
        self.body, self.environ, self.has_content_length = body, environ, has_content_length
        self.on_close: Callable[[], None] = lambda: None

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self.body
        except Exception:
            logger.exception("the response to %s failed half way", self.environ.get("PATH_INFO"))
            if not self.has_content_length:
                yield from filler_until_reset(self.environ)
            raise

    def close(self) -> None:
        on_close, self.on_close = self.on_close, lambda: None
        try:
            if hasattr(self.body, "close"):
                self.body.close()
            connections.close_all()
        finally:
            on_close()


class LoadShedder:
    """WSGI middleware: the application behind four pools; `is_outbound` tells paths that wait for users' addresses."""

    def __init__(
        self,
        application: WSGIApplication,
        *,
        threads: int,
        queue_capacity: int,
        on_rejected: Callable[[], None],
        is_outbound: Callable[[str], bool] = lambda path: False,
    ) -> None:
        self.application, self.on_rejected, self.is_outbound = application, on_rejected, is_outbound
        self.quick = ThreadPool(application, threads=threads, queue_capacity=queue_capacity, name="request")
        self.large = ThreadPool(
            application, threads=max(1, threads // 2), queue_capacity=max(1, queue_capacity // 4), name="upload"
        )
        self.streaming = ThreadPool(
            application, threads=STREAMING_THREADS, queue_capacity=max(1, queue_capacity // 16), name="stream"
        )
        self.slow_bodies = SlowBodies()
        self.in_flight, self.reading, self.streams = _Counter(), _Counter(), _Counter()
        self.outbound = ThreadPool(
            application, threads=OUTBOUND_THREADS, queue_capacity=max(1, queue_capacity // 4), name="outbound"
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in UNQUEUED_PATHS:
            return self.application(environ, start_response)
        if not self.in_flight.enter(MAX_IN_FLIGHT, {}):
            self.on_rejected()
            return _rejection_response("503", start_response)
        try:
            response = self._respond(environ, start_response)
        except BaseException:
            self.in_flight.leave({})
            raise
        if not isinstance(response, _StreamedResponse):
            self.in_flight.leave({})
            return response
        caller = str(caller_of(environ))
        response.on_close = lambda: self.in_flight.leave({})
        if not self.streams.enter(MAX_IN_FLIGHT, {caller: MAX_STREAMS_OF_CALLER}):
            response.close()
            self.on_rejected()
            return _rejection_response("429", start_response)

        def leave() -> None:
            self.streams.leave({caller})
            self.in_flight.leave({})

        response.on_close = leave
        limit_stalls(int(environ.get("SERVER_PORT") or 0))
        return response

    def _respond(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        address, port = str(environ.get("REMOTE_ADDR", "")), int(environ.get("SERVER_PORT") or 0)
        caller = caller_of(environ)
        length = environ.get("CONTENT_LENGTH") or "0"
        is_known = length.isdigit() and "HTTP_TRANSFER_ENCODING" not in environ
        pool = self.streaming
        if is_known and int(length) <= MAX_SPOOLED_BODY_BYTES:
            pool = self.quick if int(length) <= MAX_SMALL_BODY_BYTES else self.large
            if int(length) and not self._read_body(environ, int(length), address, port):
                self.on_rejected()
                return _rejection_response("429", start_response)
        else:
            environ["wsgi.input"] = WatchedBody(environ["wsgi.input"], self.slow_bodies, address, port)
        if self.is_outbound(str(environ.get("PATH_INFO", ""))):
            pool = self.outbound
        queued = QueuedRequest(environ)
        pool.submit(caller, queued)
        if pool is self.streaming:
            queued.finished.wait()
        else:
            with self.slow_bodies.working(address):
                queued.finished.wait()
        if queued.rejection_status:
            self.on_rejected()
            return _rejection_response(queued.rejection_status, start_response)
        if queued.error is not None:
            raise queued.error
        start_response(*queued.start)
        return queued.body

    def _read_body(self, environ: WSGIEnvironment, length: int, address: str, port: int) -> bool:
        """Read a body; False where too many are being read already."""
        is_large = length > MAX_SMALL_BODY_BYTES
        counted = {f"of {network_of(client_address(environ))}": MAX_READING_OF_ADDRESS}
        counted |= {"large": MAX_SPOOLED} if is_large else {}
        if not self.reading.enter(MAX_READING, counted):
            return False
        try:
            source = WatchedBody(environ["wsgi.input"], self.slow_bodies, address, port)
            if is_large:
                body: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the request
                remaining = length
                while remaining and (piece := source.read(min(remaining, _PIECE))):
                    body.write(piece)
                    remaining -= len(piece)
                body.seek(0)
            else:
                body = io.BytesIO(source.read(length))
            environ["wsgi.input"] = body
        finally:
            self.reading.leave(counted)
        return True


class _Counter:
    """How many are in here, in all and of some kinds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._total = 0
        self._of_kind: Counter[str] = Counter()

    def enter(self, most: int, most_of_kind: Mapping[str, int]) -> bool:
        """Come in; False where that would be too many."""
        with self._lock:
            if self._total >= most or any(self._of_kind[kind] >= number for kind, number in most_of_kind.items()):
                return False
            self._total += 1
            self._of_kind.update(most_of_kind.keys())
            return True

    def leave(self, kinds: Iterable[str]) -> None:
        """Go out again."""
        with self._lock:
            self._total -= 1
            for kind in kinds:
                self._of_kind[kind] -= 1
                if not self._of_kind[kind]:
                    del self._of_kind[kind]


def _rejection_response(status_code: str, start_response: StartResponse) -> list[bytes]:
    if status_code == "429":
        status, title = "429 Too Many Requests", "Too many requests"
        detail = "Too many of your requests are waiting. Nothing was changed; send fewer at a time."
        code = "too_many_requests"
    else:
        status, title = "503 Service Unavailable", "Busy"
        detail, code = "The server is busy; nothing was changed. Try again in a moment.", "busy"
    body = orjson.dumps(problem(status=int(status_code), code=code, title=title, detail=detail))
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
        ("Retry-After", "1"),
        ("Cache-Control", "no-store"),
    ]
    start_response(status, headers)
    return [body]
