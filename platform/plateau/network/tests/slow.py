"""Servers of this machine that behave badly: they drip, never end, or never begin."""

import socket
import threading
from collections.abc import Callable

OK = b"HTTP/1.1 200 OK\r\n"
PAUSE = 0.05


class Slow:
    """Accepts connections on loopback and treats each as `manner` says, until it is stopped or the other side ends.

    Attributes:
        open: Connections that are held now; `most_open`, the most at once.
        ended: Set whenever the other side has ended one.
    """

    def __init__(self, manner: Callable[["Slow", socket.socket], None]) -> None:
        self.manner, self.stopped, self.ended = manner, threading.Event(), threading.Event()
        self.lock = threading.Lock()
        self.open = self.most_open = self.accepted = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path: str = "/", scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._hold, args=(connection,), daemon=True).start()

    def _hold(self, connection: socket.socket) -> None:
        with self.lock:
            self.accepted += 1
            self.open += 1
            self.most_open = max(self.most_open, self.open)
        try:
            with connection:
                self.manner(self, connection)
        except OSError:
            self.ended.set()
        finally:
            with self.lock:
                self.open -= 1

    def pause(self) -> bool:
        """Wait a little; whether to go on."""
        return not self.stopped.wait(PAUSE)

    def stop(self) -> None:
        self.stopped.set()
        self.listener.close()


def _gone(connection: socket.socket) -> bool:
    connection.settimeout(PAUSE)
    try:
        return connection.recv(65_536) == b""
    except TimeoutError:
        return False


def silent(server: Slow, connection: socket.socket) -> None:
    """Takes what comes and never says a word, in TLS's handshake as after it."""
    while server.pause():
        if _gone(connection):
            raise OSError("ended")


def drip_headers(server: Slow, connection: socket.socket) -> None:
    """One byte of a header at a time."""
    connection.sendall(OK + b"X-Long: ")
    while server.pause():
        connection.sendall(b"x")


def drip_body(server: Slow, connection: socket.socket) -> None:
    """The headers at once, the body one byte at a time, without a length: a cut answer looks like a whole one."""
    connection.sendall(OK + b"Content-Type: application/json\r\n\r\n")
    while server.pause():
        connection.sendall(b" ")


def endless(server: Slow, connection: socket.socket) -> None:
    """As much as the line takes."""
    connection.sendall(OK + b"\r\n")
    while not server.stopped.is_set():
        connection.sendall(b"x" * 65_536)


def continues(server: Slow, connection: socket.socket) -> None:
    """`100 Continue`, again and again: none of them is the answer."""
    while server.pause():
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
