"""The body of an upload on its way to MLflow: counted as it is read, and looked at once more when it ends.

MLflow writes what it reads beside the artifact's place and puts it there once the body has ended. The end is therefore
the moment to ask whether a version has been registered meanwhile, and to keep any from being until MLflow is done.
"""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.db import InterfaceError, OperationalError, transaction

from registry.mlflow_store.refusals import AWAY, BAD, Refused

DROPPED_BYTES = 16 * 1024 * 1024


class Body:
    """A readable stream that raises `Refused` where the body is larger than `most` bytes, or shorter than was said.

    Before it tells its end it runs `at_end` in a transaction, which stays open until `held` is closed.
    """

    def __init__(
        self,
        stream: Any,
        *,
        said: int | None,
        most: int,
        too_large: Callable[[], Refused],
        at_end: Callable[[], None],
        held: ExitStack,
    ) -> None:
        self.size = 0
        self._stream, self._said, self._most = stream, said, most
        self._too_large, self._at_end, self._held = too_large, at_end, held
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, all that is left where it is negative; none once the body has ended.

        Raises:
            Refused: it is too large or incomplete; or what is written to has been registered meanwhile.
        """
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(1024 * 1024), b""))
        if self._ended or size == 0:
            return b""
        # Never past what was said: not every server ends the stream there.
        wanted = size if self._said is None else min(size, self._said - self.size)
        piece: bytes = self._stream.read(wanted) if wanted else b""
        self.size += len(piece)
        if self.size > self._most:
            raise self._too_large()
        if not piece:
            self._end()
        return piece

    def _end(self) -> None:
        if self._said is not None and self.size < self._said:
            raise Refused(*BAD, f"The upload broke off after {self.size} of {self._said} bytes. Send it again.")
        try:
            self._held.enter_context(transaction.atomic())
            self._at_end()
        except (OperationalError, InterfaceError) as error:
            raise Refused(*AWAY, "The files are being registered, or the database is away. Try again.") from error
        self._ended = True


class NoBody:
    """What a server gives that neither says a length nor ends its streams: nothing may be read from it."""

    def read(self, _size: int = -1) -> bytes:
        """Nothing."""
        return b""


def length_said(environ: dict[str, Any]) -> int | None:
    """The length that the caller promised; None where the body comes in chunks, or in a stream that ends by itself.

    Raises:
        Refused: it is no number.
    """
    said = environ.get("CONTENT_LENGTH") or ""
    if "HTTP_TRANSFER_ENCODING" in environ or not said:
        return None
    if not (said.isascii() and said.isdigit()):
        raise Refused(*BAD, "Content-Length is no number.")
    return int(said)


def stream_of(environ: dict[str, Any], said: int | None) -> Any:
    """The body's stream, if it may be read to its end."""
    return environ["wsgi.input"] if said is not None or environ.get("wsgi.input_terminated") else NoBody()


class Counted:
    """A server's stream of a body; `size` is what was read of it."""

    def __init__(self, stream: Any) -> None:
        self.size = 0
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """As the server gives it."""
        piece: bytes = self._stream.read(size)
        self.size += len(piece)
        return piece


def drop_rest(environ: dict[str, Any]) -> None:
    """Read what is left of a refused body, where it is short: a client that is still sending hears no answer.

    The request's own stream must be `Counted`.
    """
    said = length_said(environ)
    left = DROPPED_BYTES if said is None else said - environ["wsgi.input"].size
    if left > DROPPED_BYTES:
        return
    stream = stream_of(environ, said)
    while left > 0 and (piece := stream.read(min(left, 65_536))):
        left -= len(piece)
