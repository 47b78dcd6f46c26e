"""HTTP to addresses that users gave: to public ones alone, and for a limited time, with a limited answer.

Every connection, redirects too, is made to an address that was checked. A time limit of sockets holds for each byte,
and one byte a second would hold us for ever; here the whole call has an end, from the look-up of the name to the last
byte.
"""

import ipaddress
import queue
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from plateau.http.errors import Unavailable
from plateau.network.addresses import Target, Unsafe, check, resolved, why_unsafe
from plateau.outages.circuit_breaker import CircuitBreaker

SECONDS = 10.0  # of one call, with its redirects
SECONDS_OF_REQUEST = 15.0  # of all calls that one of our requests makes
MOST_BYTES = 1024 * 1024  # of an answer
MAX_REDIRECTS = 5
PIECE = 16 * 1024
AT_ONCE = 2  # requests of one organization that wait for an address of its own, of each process


class TooSlow(requests.Timeout):
    """The call was not over in its time."""


class ResponseTooLarge(requests.RequestException):
    """The answer is longer than anything that is expected there."""


class Paused(requests.ConnectionError):
    """The server did not answer several times in a row, and is left alone for a while."""


class Forbidden(requests.ConnectionError):
    """The address, or one that it redirects to, is none that may be reached."""


class Deadline:
    """The end of a call: connections that it watches are cut then, whatever they are doing."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(0.0, seconds)
        self.end = time.monotonic() + seconds
        self.passed = False
        self.unsafe = ""
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def left(self) -> float:
        """Seconds, at least one thousandth: 0 would mean "without end" to a socket."""
        return max(0.001, self.end - time.monotonic())

    def over(self) -> bool:
        """Whether the end has come, be the timer late."""
        return self.passed or time.monotonic() >= self.end

    def watch(self, connection: socket.socket) -> None:
        """Cut this connection at the end. TLS takes the socket over; a second handle to it stays ours."""
        own = socket.socket(fileno=socket.dup(connection.fileno()))
        with self._lock:
            self._watched.append(own)
            if self.passed:
                _shut(own)

    def _cut(self) -> None:
        with self._lock:
            self.passed = True
            for handle in self._watched:
                _shut(handle)

    def close(self) -> None:
        """Forget the connections."""
        self._timer.cancel()
        with self._lock:
            for handle in self._watched:
                handle.close()
            self._watched.clear()

    def too_slow(self) -> TooSlow:
        """What to raise once it has passed."""
        return TooSlow(f"no whole answer within {self.seconds:.1f} s")


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # the other side was quicker
        pass


BREAKER = CircuitBreaker()  # by organization, host and port: one organization's trouble is no other's
_organization: ContextVar[int] = ContextVar("organization", default=0)
_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[Deadline]:
    """Everything outbound in here is over after `seconds`, or sooner where something around it says so."""
    around = _deadline.get()
    deadline = Deadline(min(seconds, around.end - time.monotonic()) if around is not None else seconds)
    token = _deadline.set(deadline)
    try:
        yield deadline
    finally:
        _deadline.reset(token)
        deadline.close()


class _Turns:
    """Who waits for an address of which organization."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.held: Counter[int] = Counter()

    @contextmanager
    def take(self, organization_id: int) -> Iterator[None]:
        with self.lock:
            if self.held[organization_id] >= AT_ONCE:
                detail = "A server that your organization configured responds slowly. Try again in a moment."
                raise Unavailable(detail, retry_after=5)
            self.held[organization_id] += 1
        try:
            yield
        finally:
            with self.lock:
                self.held[organization_id] -= 1
                if not self.held[organization_id]:
                    del self.held[organization_id]


_turns = _Turns()


@contextmanager
def on_behalf_of(organization_id: int) -> Iterator[None]:
    """Calls in here are this organization's: what comes of them decides about further ones of it alone."""
    token = _organization.set(organization_id)
    try:
        yield
    finally:
        _organization.reset(token)


@contextmanager
def in_request(organization_id: int) -> Iterator[None]:
    """A web request calls an address of this organization's: few of them at once, and not for long.

    Raises:
        Unavailable: as many as may wait for this organization's addresses already do.
    """
    with _turns.take(organization_id), within(SECONDS_OF_REQUEST), on_behalf_of(organization_id):
        yield


def look_up(url: str) -> Target:
    """`check` with the networks of the settings, and an end to how long a name server may take.

    Raises:
        Unsafe: see `check`; or the name could not be looked up in time.
    """
    return check(url, settings.OUTBOUND_NETWORKS, _resolved_in_time)


def _resolved_in_time(host: str, port: int) -> list[str]:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return resolved(host, port)
    deadline = _deadline.get()
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolved(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=ask, name="look-up", daemon=True).start()  # the resolver itself cannot be stopped
    try:
        answer = answers.get(timeout=deadline.left() if deadline is not None else SECONDS)
    except queue.Empty:
        raise TimeoutError(f"{host} could not be looked up in time") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


class _Guarded:
    """A connection to the very address that was checked, which its call's deadline can cut."""

    def _new_conn(self) -> socket.socket:
        """Look the name up once, check what it leads to, and connect to just that; a second look-up could lie."""
        deadline = _deadline.get()
        assert deadline is not None  # `_Adapter.send` sees to it
        connection: Any = self
        host = f"[{connection.host}]" if ":" in connection.host else connection.host
        try:
            target = look_up(f"http://{host}:{connection.port}/")
        except Unsafe as error:
            deadline.unsafe = str(error)
            raise urllib3.exceptions.NewConnectionError(connection, str(error)) from error
        connection._dns_host = target.ip  # what urllib3 connects to; `host` stays the name
        connection.timeout = deadline.left()
        new_socket: socket.socket = super()._new_conn()  # type: ignore[misc]  # of urllib3's connection
        deadline.watch(new_socket)
        networks = [ipaddress.ip_network(network) for network in settings.OUTBOUND_NETWORKS]
        if problem := why_unsafe(str(new_socket.getpeername()[0]), networks):  # whatever was looked up before
            new_socket.close()
            deadline.unsafe = f"the connection leads to {problem}"
            raise urllib3.exceptions.NewConnectionError(connection, deadline.unsafe)
        return new_socket


class _PlainConnection(_Guarded, HTTPConnection):
    pass


class _SecureConnection(_Guarded, HTTPSConnection):
    pass


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    """Reads each answer, those of redirects too, up to `most_bytes`; 0: none of it."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        deadline = _deadline.get()
        if deadline is None:
            with within(SECONDS):
                return self.send(request, *args, **kwargs)
        if deadline.over():
            raise deadline.too_slow()
        parts = urlsplit(request.url or "")
        server = (_organization.get(), parts.hostname, parts.port or parts.scheme)
        if seconds := BREAKER.seconds_left(server):
            raise Paused(f"{parts.hostname} did not answer several times; it is called again in {seconds:.0f} s")
        try:
            answer = self._sent(request, deadline, *args, **kwargs)
        except (Forbidden, ResponseTooLarge):
            BREAKER.succeeded(server)  # it is there, and quick
            raise
        except requests.RequestException:
            BREAKER.failed(server)
            raise
        BREAKER.succeeded(server)
        return answer

    def _sent(
        self, request: requests.PreparedRequest, deadline: Deadline, *args: Any, **kwargs: Any
    ) -> requests.Response:
        request.headers["Accept-Encoding"] = "identity"  # a short answer must not unfold to a long one
        try:
            answer = super().send(request, *args, **kwargs | {"stream": True, "timeout": deadline.left()})
            try:
                answer._content = self._read(answer)
            finally:
                answer.raw.close()
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if deadline.over() or isinstance(error, requests.Timeout):
                raise deadline.too_slow() from error
            if deadline.unsafe:
                raise Forbidden(deadline.unsafe) from error
            if isinstance(error, requests.RequestException):
                raise
            raise requests.ConnectionError(f"{type(error).__name__}: {error}") from error
        finally:
            self.poolmanager.clear()  # a connection that is kept would be no later call's to cut
        if deadline.over():  # without a length, a cut answer looks like a whole one
            raise deadline.too_slow()
        return answer

    def _read(self, answer: requests.Response) -> bytes:
        if not self.most_bytes:
            return b""
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise ResponseTooLarge("the answer is compressed, which was not asked for")
        body = bytearray()
        for piece in answer.raw.stream(PIECE, decode_content=False):
            body += piece
            if len(body) > self.most_bytes:
                raise ResponseTooLarge(f"the answer has more than {self.most_bytes:,} bytes")
        return bytes(body)


class GuardedSession(requests.Session):
    """A `requests` session that reaches public addresses alone, and `OUTBOUND_NETWORKS`; no proxy of the machine.

    Args:
        seconds: What a call may take, with its redirects.
        most_bytes: What an answer may have; 0 where nobody reads it.

    Raises:
        TooSlow, ResponseTooLarge, Forbidden: of a call; each is a `requests.RequestException`.
    """

    def __init__(self, *, seconds: float = SECONDS, most_bytes: int = MOST_BYTES) -> None:
        super().__init__()
        self.seconds = seconds
        self.trust_env = False
        self.max_redirects = MAX_REDIRECTS
        self.mount("http://", _Adapter(most_bytes))
        self.mount("https://", _Adapter(most_bytes))

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """One call, and whatever it is redirected to."""
        with within(self.seconds):
            return super().request(*args, **kwargs)


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, organization_id: int) -> int:
    """The status of an answer to `body`; redirects are not followed, and what else is answered is not read.

    Raises:
        Paused: the server is left alone for the moment.
        requests.RequestException: there was no answer in time.
    """
    with on_behalf_of(organization_id), GuardedSession(seconds=seconds, most_bytes=0) as session:
        return session.post(url, data=body, headers=dict(headers), allow_redirects=False).status_code
