"""Load shedding in front of Django and the MLflow proxy: few requests run at a time, the excess is rejected.

The server (granian) has many cheap threads that each hold one request; the few threads of a pool here run the
application, each with its database connection. What is queued is therefore known, and excess can be rejected: with 503
where everybody asks too much at once, with 429 where one caller fills the queue alone. A body is read before its
request is queued, so a slow line holds nobody up; large bodies (uploads) have a pool of their own, and so have requests
that wait for an address that an organization named: its provider of sign-ins may be as slow as it likes.
"""

import io
import logging
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import orjson
from django.db import connections

from plateau.http.abort import filler_until_reset
from plateau.http.callers import Caller, caller_of, remember_caller
from plateau.http.problems import problem

logger = logging.getLogger(__name__)

MAX_SMALL_BODY_BYTES = 1024 * 1024
MAX_BUFFERED_RESPONSE_BYTES = 1024 * 1024
OUTBOUND_THREADS = 6  # they wait more than they work; an organization takes two (plateau/network/outbound.py)
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

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self.body
        except Exception:
            logger.exception("the response to %s failed half way", self.environ.get("PATH_INFO"))
            if not self.has_content_length:
                yield from filler_until_reset(self.environ)
            raise

    def close(self) -> None:
        if hasattr(self.body, "close"):
            self.body.close()
        connections.close_all()


class LoadShedder:
    """WSGI middleware: the application behind three pools; `is_outbound` tells paths that wait for users' addresses."""

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
        self.outbound = ThreadPool(
            application, threads=OUTBOUND_THREADS, queue_capacity=max(1, queue_capacity // 4), name="outbound"
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in UNQUEUED_PATHS:
            return self.application(environ, start_response)
        queued = QueuedRequest(environ)
        content_length = environ.get("CONTENT_LENGTH") or "0"
        small = (
            content_length.isdigit()
            and int(content_length) <= MAX_SMALL_BODY_BYTES
            and "HTTP_TRANSFER_ENCODING" not in environ
        )
        if small and int(content_length):
            environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(content_length)))
        pool = self.quick if small else self.large
        if self.is_outbound(str(environ.get("PATH_INFO", ""))):
            pool = self.outbound
        pool.submit(caller_of(environ), queued)
        queued.finished.wait()
        if queued.rejection_status:
            self.on_rejected()
            return _rejection_response(queued.rejection_status, start_response)
        if queued.error is not None:
            raise queued.error
        start_response(*queued.start)
        return queued.body


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
