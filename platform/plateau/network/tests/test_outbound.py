"""Calls to addresses that users gave end in their time, whatever the other side does, and hold nobody else up."""

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests

from plateau.http.errors import Unavailable
from plateau.network import outbound
from plateau.network.outbound import (
    MOST_BYTES,
    Forbidden,
    GuardedSession,
    ResponseTooLarge,
    TooSlow,
    in_request,
    post,
    within,
)
from plateau.network.tests import slow
from plateau.network.tests.slow import OK, Slow

SHORT = 0.5
LONG = 20


@pytest.fixture
def servers(settings) -> Iterator[ExitStack]:
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    with ExitStack() as stack:
        yield stack


def begin(servers: ExitStack, manner) -> Slow:
    server = Slow(manner)
    servers.callback(server.stop)
    return server


def says(*pieces: bytes):
    """A server that gives this answer and ends."""

    def manner(_server: Slow, connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"".join(pieces))

    return manner


SCHEMES = [
    (slow.silent, "http"),
    (slow.silent, "https"),
    (slow.drip_headers, "http"),
    (slow.drip_headers, "https"),
    (slow.drip_body, "http"),
    (slow.continues, "http"),
]


@pytest.mark.parametrize(("manner", "scheme"), SCHEMES, ids=lambda value: getattr(value, "__name__", value))
def test_whatever_is_slow_is_cut_at_the_end_of_the_call(servers, manner, scheme):
    server = begin(servers, manner)
    with GuardedSession(seconds=SHORT) as session, pytest.raises(requests.RequestException) as refused:
        session.get(server.url(scheme=scheme))
    if scheme == "http":
        assert isinstance(refused.value, TooSlow)
        assert "no whole answer within" in str(refused.value)
    assert server.ended.wait(LONG)  # the line is closed, too


def test_a_handshake_that_stalls_is_cut(servers):
    server = begin(servers, slow.silent)
    with GuardedSession(seconds=SHORT) as session, pytest.raises(TooSlow):
        session.get(server.url(scheme="https"))


def test_redirects_do_not_begin_the_time_anew(servers):
    def onward(server: Slow, connection: socket.socket) -> None:
        connection.recv(65_536)
        server.stopped.wait(SHORT * 0.6)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")

    server = begin(servers, onward)
    with GuardedSession(seconds=SHORT) as session, pytest.raises(TooSlow):
        session.get(server.url())
    assert server.accepted <= 2


@pytest.mark.parametrize("status", [200, 302])
def test_an_answer_without_end_is_not_read_to_it(servers, status):
    def flood(server: Slow, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 %d Fine\r\nLocation: /next\r\n\r\n" % status)
        while not server.stopped.is_set():
            connection.sendall(b"x" * 65_536)

    server = begin(servers, flood)
    with GuardedSession() as session, pytest.raises(ResponseTooLarge, match="1,048,576 bytes"):
        session.get(server.url())
    assert server.ended.wait(LONG)


def test_an_answer_of_just_the_allowed_length_is_read(servers):
    for length, fits in ((MOST_BYTES, True), (MOST_BYTES + 1, False)):
        server = begin(servers, says(OK, b"Content-Length: %d\r\n\r\n" % length, b"x" * length))
        with GuardedSession() as session:
            if fits:
                assert len(session.get(server.url()).content) == length
            else:
                with pytest.raises(ResponseTooLarge):
                    session.get(server.url())


def test_a_short_answer_cannot_unfold_to_a_long_one(servers):
    packed = gzip.compress(b"x" * 50 * MOST_BYTES)
    server = begin(servers, says(OK, b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed), packed))
    with GuardedSession() as session, pytest.raises(ResponseTooLarge):
        session.get(server.url())


def test_chunks_are_put_together_and_an_answer_can_be_read_as_ever(servers):
    server = begin(servers, says(OK, b"Transfer-Encoding: chunked\r\n\r\n", b'4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n'))
    with GuardedSession() as session:
        assert session.get(server.url()).json() == {"a": 1}
        server.stop()


def test_a_second_call_of_a_session_is_cut_in_its_time_as_well(servers):
    """A connection that the first call left open would be watched by nobody."""

    def first_fine(server: Slow, connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(OK + b"Content-Length: 2\r\n\r\nok")
        slow.silent(server, connection)

    server = begin(servers, first_fine)
    with GuardedSession(seconds=SHORT) as session:
        assert session.get(server.url()).text == "ok"
        server.manner = slow.silent
        with pytest.raises(TooSlow):
            session.get(server.url())


def test_a_message_needs_the_answers_status_alone(servers):
    server = begin(servers, slow.endless)
    assert post(server.url(), b"{}", {}, seconds=LONG) == 200
    moved = begin(servers, says(b"HTTP/1.1 307 Elsewhere\r\nLocation: http://10.0.0.1/\r\n\r\n"))
    assert post(moved.url(), b"{}", {}, seconds=LONG) == 307


def test_a_redirect_inside_is_forbidden(servers):
    server = begin(servers, says(b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"))
    with GuardedSession() as session, pytest.raises(Forbidden, match=r"10\.0\.0\.1, which is not a public address"):
        session.get(server.url())


def test_a_name_that_leads_elsewhere_the_second_time_is_connected_to_as_it_was_checked(servers, monkeypatch):
    server, answers = begin(servers, says(OK, b"Content-Length: 2\r\n\r\nok")), iter([["127.0.0.1"], ["10.0.0.1"]])
    monkeypatch.setattr(outbound, "resolved", lambda host, port: next(answers))
    with GuardedSession() as session:
        assert session.get(f"http://rebinding.example:{server.port}/").text == "ok"
        with pytest.raises(Forbidden):
            session.get(f"http://rebinding.example:{server.port}/")


def test_a_name_server_that_does_not_answer_holds_nobody(servers, monkeypatch):
    never = threading.Event()
    servers.callback(never.set)
    monkeypatch.setattr(outbound, "resolved", lambda host, port: [str(never.wait(LONG))])
    with GuardedSession(seconds=SHORT) as session, pytest.raises(requests.RequestException, match=r"time|within"):
        session.get("http://slow.example/")
    assert not never.is_set()


def test_all_calls_of_a_request_share_one_end(servers):
    server = begin(servers, says(OK, b"Content-Length: 2\r\n\r\nok"))
    hangs = begin(servers, slow.drip_body)
    with within(SHORT), GuardedSession(seconds=LONG * 10) as session:
        assert session.get(server.url()).text == "ok"
        with pytest.raises(TooSlow):
            session.get(hangs.url())
        with pytest.raises(TooSlow):
            session.get(server.url())


def test_an_organization_holds_few_requests_and_no_other_ones():
    with in_request(1), in_request(1):
        with pytest.raises(Unavailable) as refused, in_request(1):
            pass
        assert refused.value.extra["retry_after"] > 0
        with in_request(2):
            pass
    with in_request(1):
        pass
