"""Half-sent bodies without a proxy in front: the real server answers others meanwhile, and cuts them."""

import socket
import time
import urllib.request
from contextlib import suppress

import pytest

from plateau.http.slow_bodies import SECONDS_FOR_PIECE

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.timeout(180)]


def half_sent(port: int, length: int, *headers: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    head = ["POST /api/v1/session/ HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}", *headers, "", ""]
    with suppress(OSError):  # refused meanwhile, since too many are read
        connection.sendall("\r\n".join(head).encode() + b"x" * (0 if headers else min(length // 2, 100_000)))
    return connection


def is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return bool(connection.recv(100))  # a refusal, since too many are read
    except BlockingIOError:
        return True
    except OSError:
        return False


def test_bodies_that_do_not_come_stop_nobody_and_are_cut(people, stack):
    stack.web()
    connections = [half_sent(stack.port, length) for length in [100] * 200 + [2_000_000] * 8 + [90_000_000] * 6]
    connections += [half_sent(stack.port, 3000, "Expect: 100-continue") for _ in range(3)]
    time.sleep(0.5)
    for path in ("/healthz", "/api/v1/session/", "/api/v1/schema/"):
        begun = time.monotonic()
        assert urllib.request.urlopen(f"{stack.url}{path}", timeout=10).status in (200, 204), path
        assert time.monotonic() - begun < 5
    stack.wait(
        lambda: sum(map(is_open, connections)) == 0, 3 * SECONDS_FOR_PIECE, "connections whose bodies do not come"
    )
    for connection in connections:
        connection.close()
