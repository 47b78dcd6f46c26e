"""Calls to addresses that users gave end in their time, whatever the other side does, and hold nobody else up."""

import gzip
import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from plateau.http.errors import Unavailable
from plateau.network import outbound
from plateau.network.addresses import why_unsafe
from plateau.network.outbound import (
    MOST_BYTES,
    Forbidden,
    GuardedSession,
    Paused,
    ResponseTooLarge,
    TooSlow,
    in_request,
    post,
    within,
)
from plateau.network.tests import slow
from plateau.network.tests.slow import OK, Slow
from plateau.outages.circuit_breaker import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, CircuitBreaker

SHORT = 0.5
LONG = 20


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch):
    """Of one test's servers in the next: ports come again."""
    monkeypatch.setattr(outbound, "BREAKER", CircuitBreaker())


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
    assert post(server.url(), b"{}", {}, seconds=LONG, organization_id=1) == 200
    moved = begin(servers, says(b"HTTP/1.1 307 Elsewhere\r\nLocation: http://10.0.0.1/\r\n\r\n"))
    assert post(moved.url(), b"{}", {}, seconds=LONG, organization_id=1) == 307


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


def test_a_server_that_does_not_answer_is_left_alone_for_its_organization(servers):
    server, other = begin(servers, slow.silent), begin(servers, says(OK, b"Content-Length: 0\r\n\r\n"))

    def call(address: str, organization_id: int) -> None:
        post(address, b"{}", {}, seconds=0.1, organization_id=organization_id)

    for _ in range(FAILURES):
        with pytest.raises(TooSlow):
            call(server.url(), 1)
    accepted = server.accepted
    with pytest.raises(Paused, match="did not answer several times"):
        call(server.url(), 1)
    assert server.accepted == accepted  # nobody waited for it
    with pytest.raises(TooSlow):
        call(server.url(), 2)
    call(other.url(), 1)


def test_a_pause_grows_and_ends_with_the_first_answer():
    now = 0.0
    breaker = CircuitBreaker(clock=lambda: now)
    for _ in range(FAILURES - 1):
        breaker.failed("s")
    assert breaker.seconds_left("s") == 0
    pauses = []
    for _ in range(8):
        breaker.failed("s")
        pauses.append(breaker.seconds_left("s"))
        now += pauses[-1]
        assert breaker.seconds_left("s") == 0  # one may try
        assert breaker.seconds_left("s") > 0  # and no second one meanwhile
    assert pauses[:2] == [FIRST_PAUSE, 2 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    breaker.succeeded("s")
    assert breaker.seconds_left("s") == 0
    breaker.failed("s")
    assert breaker.seconds_left("s") == 0


def test_a_connection_that_leads_elsewhere_than_was_checked_is_closed(servers, settings, monkeypatch):
    """Whatever the look-up said: what counts is who is at the other end."""
    server = begin(servers, says(OK, b"Content-Length: 0\r\n\r\n"))
    settings.OUTBOUND_NETWORKS = []
    target = outbound.Target("http", "public.example", 80, "/", "127.0.0.1")
    monkeypatch.setattr(outbound, "look_up", lambda url: target)
    with GuardedSession() as session, pytest.raises(Forbidden, match=r"leads to 127\.0\.0\.1"):
        session.get(server.url())


PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "2606:4700:4700::1111",
    "2a00:1450:4001:81b::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]
NOT_PUBLIC = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3",
    "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.2.3",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b::10.0.0.1", "64:ff9b:1::808:808", "64:ff9b:1:fffe::a00:1", "2002:7f00:1::", "2002:808:808::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "2001:20::1", "2001:2::1", "2001:db8::1", "3fff::1",
    "5f00::1", "100::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "4000::1",
    "200::1", "2607:f8b0::5efe:7f00:1", "2607:f8b0::200:5efe:a00:1", "e000::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_let_through(address):
    assert why_unsafe(address) == ""


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_every_other_address_is_refused_however_it_is_wrapped(address):
    assert "is not a public address" in why_unsafe(address)


@given(st.ip_addresses(v=4))
def test_an_address_of_ipv4_is_judged_alike_in_every_wrapping_that_is_followed(address):
    mapped = ipaddress.IPv6Address(0xFFFF << 32 | int(address))
    translated = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) | int(address))
    assert (why_unsafe(str(address)) == "") == (why_unsafe(str(mapped)) == "") == (why_unsafe(str(translated)) == "")
    if not address.is_global:
        assert why_unsafe(str(address))
