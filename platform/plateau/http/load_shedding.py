"""In front of Django and MLflow's door: few requests run at a time, callers take turns, too many are turned away.

The server (granian) has many cheap threads that each hold one request; a few threads of ours run the application, each
with its database connection. What waits is therefore known, and can be answered: with 503 where everybody asks too
much at once, with 429 where one caller fills the waiting room alone. A body is read before its request takes a turn,
so a slow line holds nobody up; large bodies (uploads) have turns of their own, and so have requests that wait for an
address that an organization named: its provider of sign-ins may be as slow as it likes.
"""

import io
import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson
from django.conf import settings
from django.db import connections

from plateau.http.abort import filler_until_reset
from plateau.http.problems import problem

logger = logging.getLogger(__name__)

SMALL_BODY = 1024 * 1024
SMALL_ANSWER = 1024 * 1024
OUTWARD_SLOTS = 6  # they wait more than they work; an organization takes two (plateau/network/outbound.py)
ALWAYS = ("/healthz",)  # must be answered however busy we are
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Waiting:
    """One request on its way through a lane."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self.environ = environ
        self.over = threading.Event()
        self.refused = ""
        self.error: BaseException | None = None
        self.started: tuple[Any, ...] = ()
        self.body: Iterable[bytes] = ()


class Lane:
    """Threads that run the application, and who waits for them, by caller."""

    def __init__(self, application: Wsgi, *, slots: int, room: int, name: str) -> None:
        self.application, self.room, self.free = application, room, slots
        self.callers: OrderedDict[str, deque[_Waiting]] = OrderedDict()
        self.number = 0
        self.changed = threading.Condition()
        for index in range(slots):
            threading.Thread(target=self._work, name=f"{name}-{index}", daemon=True).start()

    def enter(self, caller: str, waiting: _Waiting) -> None:
        """Stand in line; where the room is full, whoever has the most in it gives way."""
        with self.changed:
            # Whom a free slot is about to take does not stand in the room.
            if self.number >= self.room + self.free and not self._make_room(caller):
                alone = len(self.callers.get(caller, ())) > 1
                waiting.refused = "429" if alone else "503"
                waiting.over.set()
                return
            self.callers.setdefault(caller, deque()).append(waiting)
            self.number += 1
            self.changed.notify()

    def _make_room(self, caller: str) -> bool:
        greediest = max(self.callers, key=lambda name: len(self.callers[name]))
        if len(self.callers[greediest]) <= len(self.callers.get(caller, ())) + 1:
            return False
        out = self.callers[greediest].pop()
        self.number -= 1
        out.refused = "429"
        out.over.set()
        return True

    def _next(self) -> _Waiting:
        with self.changed:
            while not self.callers:
                self.changed.wait()
            caller, line = self.callers.popitem(last=False)
            waiting = line.popleft()
            self.number -= 1
            self.free -= 1
            if line:
                self.callers[caller] = line  # at the end: the others come first
            return waiting

    def _work(self) -> None:
        while True:
            waiting = self._next()
            try:
                _run(self.application, waiting)
            except BaseException as error:
                waiting.error = error
            with self.changed:
                self.free += 1
            waiting.over.set()


def _run(application: Wsgi, waiting: _Waiting) -> None:
    def start_response(status: str, headers: list[tuple[str, str]], *rest: Any) -> None:
        waiting.started = (status, headers, *rest)

    body = application(waiting.environ, start_response)
    if not waiting.started:  # WSGI lets an application begin its answer with the first piece of its body
        body = list(body)
    length = next((value for key, value in waiting.started[1] if key.lower() == "content-length"), "")
    if not length.isdigit() or int(length) > SMALL_ANSWER:
        waiting.body = _Outside(body, waiting.environ, counted=length.isdigit())
        return
    try:
        waiting.body = [b"".join(body)]
    finally:
        if hasattr(body, "close"):
            body.close()


class _Outside:
    """A long answer, read by the server's thread: it holds no slot, and gives its database connection back.

    Where its body fails half way, the connection is broken off; one whose length was `counted` beforehand is by the
    server, which sees that bytes are missing.
    """

    def __init__(self, body: Iterable[bytes], environ: dict[str, Any], *, counted: bool) -> None:
        self.body, self.environ, self.counted = body, environ, counted

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self.body
        except Exception:
            logger.exception("the answer to %s failed half way", self.environ.get("PATH_INFO"))
            if not self.counted:
                yield from filler_until_reset(self.environ)
            raise

    def close(self) -> None:
        if hasattr(self.body, "close"):
            self.body.close()
        connections.close_all()


class Admission:
    """WSGI: the application behind three lanes. `outward` says which paths wait for addresses that users gave."""

    def __init__(
        self,
        application: Wsgi,
        *,
        slots: int,
        room: int,
        refused: Callable[[], None],
        outward: Callable[[str], bool] = lambda path: False,
    ) -> None:
        self.application, self.refused, self.goes_outward = application, refused, outward
        self.quick = Lane(application, slots=slots, room=room, name="request")
        self.large = Lane(application, slots=max(1, slots // 2), room=max(1, room // 4), name="upload")
        self.outward = Lane(application, slots=OUTWARD_SLOTS, room=max(1, room // 4), name="outward")

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in ALWAYS:
            return self.application(environ, start_response)
        waiting = _Waiting(environ)
        content_length = environ.get("CONTENT_LENGTH") or "0"
        small = (
            content_length.isdigit() and int(content_length) <= SMALL_BODY and "HTTP_TRANSFER_ENCODING" not in environ
        )
        if small and int(content_length):
            environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(content_length)))
        lane = self.quick if small else self.large
        if self.goes_outward(str(environ.get("PATH_INFO", ""))):
            lane = self.outward
        lane.enter(caller_of(environ), waiting)
        waiting.over.wait()
        if waiting.refused:
            self.refused()
            return _turned_away(waiting.refused, start_response)
        if waiting.error is not None:
            raise waiting.error
        start_response(*waiting.started)
        return waiting.body


def caller_of(environ: dict[str, Any]) -> str:
    """Who asks, as far as can be told without looking anything up: a token, a session, or a network address."""
    if token := environ.get("HTTP_AUTHORIZATION"):
        return str(token)
    for part in environ.get("HTTP_COOKIE", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == settings.SESSION_COOKIE_NAME:
            return str(value)
    return str(environ.get("HTTP_X_FORWARDED_FOR") or environ.get("REMOTE_ADDR", ""))


def _turned_away(why: str, start_response: Callable[..., Any]) -> list[bytes]:
    if why == "429":
        status, title = "429 Too Many Requests", "Too many requests"
        detail = "Too many of your requests are waiting already. Send fewer at a time; nothing was changed."
        code = "too_many_requests"
    else:
        status, title = "503 Service Unavailable", "Busy"
        detail, code = "The server is busy; nothing was changed. Try again in a moment.", "busy"
    body = orjson.dumps(problem(status=int(why), code=code, title=title, detail=detail))
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
        ("Retry-After", "1"),
        ("Cache-Control", "no-store"),
    ]
    start_response(status, headers)
    return [body]
