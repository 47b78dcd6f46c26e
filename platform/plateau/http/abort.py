"""Breaking an answer off whose body failed half way, so that no client takes what it got for the whole.

The server (granian) ends the body of an answer in good order when the application raises: the last chunk is written,
and a client cannot tell half an export from a whole one. It has no call for breaking the connection, and does not say
which socket is whose. So the socket is found by what goes through it: filler of a length that nobody else sends is
written, and the connection that grew by exactly that much is reset. The filler never ends in a whole answer.
"""

import logging
import random
import socket
import time
from collections.abc import Iterator
from wsgiref.types import WSGIEnvironment

from plateau.http.connections import bytes_written, connections_to, reset_connection

logger = logging.getLogger(__name__)
_SHORTEST, _LONGEST = 1000, 9000  # bytes of filler
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 5.0  # seconds
_HTTP2_FRAME = 9


def filler_until_reset(environ: WSGIEnvironment) -> Iterator[bytes]:
    """Filler for the body of this request, until its connection is reset or the client is gone."""
    port, wait, rng = int(environ.get("SERVER_PORT") or 0), _FIRST_WAIT, random.SystemRandom()
    while True:
        size = rng.randint(_SHORTEST, _LONGEST)
        sockets = connections_to(port)
        try:
            before = [bytes_written(connection) for connection in sockets]
            if not any(number is not None for number in before):
                logger.error("an answer failed half way, and its connection cannot be found to be broken off")
                return
            yield b"\n" * size
            if (own_connection := _grown(sockets, before, size, wait)) is not None:
                reset_connection(own_connection)
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
            size_now = bytes_written(connection)
            if size_before is not None and size_now is not None and size_now - size_before in more:
                candidates.append(connection)
        if len(candidates) == 1:
            return candidates[0]
        if time.monotonic() > deadline:
            return None
        time.sleep(0.005)
