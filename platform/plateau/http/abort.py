"""Breaking an answer off whose body failed half way, so that no client takes what it got for the whole.

The server (granian) ends the body of an answer in good order when the application raises: the last chunk is written,
and a client cannot tell half an export from a whole one. It has no call for breaking the connection, and does not say
which socket is whose. So the socket is found by what goes through it: filler of a length that nobody else sends is
written, and the connection that grew by exactly that much is reset. The filler never ends in a whole answer.
"""

import ctypes
import logging
import os
import random
import socket
import stat
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from wsgiref.types import WSGIEnvironment

logger = logging.getLogger(__name__)
_LIBC = ctypes.CDLL(None, use_errno=True)
_NO_ADDRESS = struct.pack("=HH12x", socket.AF_UNSPEC, 0)
_NOT_SENT, _SENT, _SENT_AGAIN, _ALL = 144, 200, 208, 216  # places in `struct tcp_info` (linux/tcp.h)
_SHORTEST, _LONGEST = 1000, 9000  # bytes of filler
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 5.0  # seconds
_HTTP2_FRAME = 9


def filler_until_reset(environ: WSGIEnvironment) -> Iterator[bytes]:
    """Filler for the body of this request, until its connection is reset or the client is gone."""
    port, wait, rng = int(environ.get("SERVER_PORT") or 0), _FIRST_WAIT, random.SystemRandom()
    while True:
        size = rng.randint(_SHORTEST, _LONGEST)
        sockets = _connections(port)
        try:
            before = [_written(connection) for connection in sockets]
            if not any(number is not None for number in before):
                logger.error("an answer failed half way, and its connection cannot be found to be broken off")
                return
            yield b"\n" * size
            if (own_connection := _grown(sockets, before, size, wait)) is not None:
                _reset(own_connection)
                return
        finally:
            for connection in sockets:
                connection.close()
        wait = min(wait * 2, _LONGEST_WAIT)  # what was written before has to drain first: the client may be slow


def _grown(sockets: list[socket.socket], before: list[int | None], size: int, seconds: float) -> socket.socket | None:
    """The one connection that took this much within so many seconds."""
    chunk, frame = len(f"{size:x}") + 4, _HTTP2_FRAME
    more = (size, size + chunk, size + frame)  # of HTTP/1.0, HTTP/1.1, HTTP/2
    deadline = time.monotonic() + seconds
    while True:
        candidates = []
        for connection, size_before in zip(sockets, before, strict=True):
            size_now = _written(connection)
            if size_before is not None and size_now is not None and size_now - size_before in more:
                candidates.append(connection)
        if len(candidates) == 1:
            return candidates[0]
        if time.monotonic() > deadline:
            return None
        time.sleep(0.005)


def _connections(port: int) -> list[socket.socket]:
    """Copies of this process' connections to the server's port."""
    connections: list[socket.socket] = []
    inodes: set[int] = set()
    for name in [entry.name for entry in Path("/proc/self/fd").iterdir()]:
        with suppress(OSError):
            status = os.fstat(int(name))
            if not stat.S_ISSOCK(status.st_mode) or status.st_ino in inodes:
                continue
            inodes.add(status.st_ino)
            copy = socket.socket(fileno=os.dup(int(name)))
            with suppress(OSError):
                if copy.family in (socket.AF_INET, socket.AF_INET6) and copy.getsockname()[1] == port:
                    copy.getpeername()  # raises for the socket that listens
                    connections.append(copy)
                    continue
            copy.close()
    return connections


def _written(connection: socket.socket) -> int | None:
    """Bytes that were ever written to a connection; None where the kernel does not tell."""
    try:
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 512)
    except OSError:
        return None
    if len(info) < _ALL:
        return None
    sent, again = struct.unpack_from("=Q", info, _SENT)[0], struct.unpack_from("=Q", info, _SENT_AGAIN)[0]
    return int(sent - again + struct.unpack_from("=I", info, _NOT_SENT)[0])


def _reset(connection: socket.socket) -> None:
    """Reset a connection at once: an end in good order (FIN) would look whole to a client of HTTP/1.0."""
    if _LIBC.connect(connection.fileno(), _NO_ADDRESS, len(_NO_ADDRESS)) != 0:
        connection.shutdown(socket.SHUT_RDWR)
