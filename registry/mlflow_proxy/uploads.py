"""The body of an upload on its way to MLflow, counted as it is read."""

from collections.abc import Callable
from typing import Any
from wsgiref.types import WSGIEnvironment

from registry.mlflow_store.errors import INVALID_PARAMETER_VALUE, MlflowError

MAX_DRAINED_BYTES = 16 * 1024 * 1024


class LimitedBody:
    """A stream that raises `MlflowError` where the body exceeds `max_bytes` or falls short of its Content-Length."""

    def __init__(
        self,
        stream: Any,
        *,
        length: int | None,
        max_bytes: int,
        too_large_error: Callable[[], MlflowError],
    ) -> None:
        self.size = 0
        self._stream, self._length, self._max_bytes = stream, length, max_bytes
        self._too_large_error = too_large_error

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, all that is left where it is negative; none once the body has ended.

        Raises:
            MlflowError: it is too large or incomplete.
        """
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(1024 * 1024), b""))
        if size == 0:
            return b""
        # Never past Content-Length: not every server ends the stream there.
        requested = size if self._length is None else min(size, self._length - self.size)
        chunk: bytes = self._stream.read(requested) if requested else b""
        self.size += len(chunk)
        if self.size > self._max_bytes:
            raise self._too_large_error()
        if not chunk:
            self._end()
        return chunk

    def _end(self) -> None:
        if self._length is not None and self.size < self._length:
            raise MlflowError(
                *INVALID_PARAMETER_VALUE,
                f"The upload broke off after {self.size} of {self._length} bytes. Send it again.",
            )


class EmptyBody:
    """What a server gives that neither says a length nor ends its streams: nothing may be read from it."""

    def read(self, _size: int = -1) -> bytes:
        """Nothing."""
        return b""


def content_length(environ: WSGIEnvironment) -> int | None:
    """The request's Content-Length; None where the body comes in chunks, or in a stream that ends by itself.

    Raises:
        MlflowError: it is no number.
    """
    header = environ.get("CONTENT_LENGTH") or ""
    if "HTTP_TRANSFER_ENCODING" in environ or not header:
        return None
    if not (header.isascii() and header.isdigit()):
        raise MlflowError(*INVALID_PARAMETER_VALUE, "Content-Length is no number.")
    return int(header)


def body_stream(environ: WSGIEnvironment, length: int | None) -> Any:
    """The body's stream, if it may be read to its end."""
    return environ["wsgi.input"] if length is not None or environ.get("wsgi.input_terminated") else EmptyBody()


class CountingStream:
    """A server's stream of a body; `size` is what was read of it."""

    def __init__(self, stream: Any) -> None:
        self.size = 0
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """As the server gives it."""
        chunk: bytes = self._stream.read(size)
        self.size += len(chunk)
        return chunk


def drain_body(environ: WSGIEnvironment) -> None:
    """Read what is left of a refused body, where it is short: a client that is still sending hears no answer.

    The request's own stream must be a `CountingStream`.
    """
    length = content_length(environ)
    remaining = MAX_DRAINED_BYTES if length is None else length - environ["wsgi.input"].size
    if remaining > MAX_DRAINED_BYTES:
        return
    stream = body_stream(environ, length)
    while remaining > 0 and (chunk := stream.read(min(remaining, 65_536))):
        remaining -= len(chunk)
