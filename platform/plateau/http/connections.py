"""The connections of this process to the server's port, and what the kernel knows of them (Linux)."""

import ctypes
import os
import socket
import stat
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_NO_ADDRESS = struct.pack("=HH12x", socket.AF_UNSPEC, 0)
STALL_SECONDS = 60
# Places in `struct tcp_info` (linux/tcp.h).
_LAST_SENT, _LAST_RECEIVED, _RECEIVED, _NOT_SENT, _SENT, _SENT_AGAIN, _ALL = 44, 52, 128, 144, 200, 208, 216


def connections_to(port: int) -> list[socket.socket]:
    """Copies of this process' connections to a port."""
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


def limit_stalls(port: int) -> None:
    """Have the kernel end connections whose receiver takes nothing for a minute, be it there or not."""
    for connection in connections_to(port):
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALL_SECONDS * 1000)
        connection.close()


def _tcp_info(connection: socket.socket) -> bytes | None:
    try:
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 512)
    except OSError:
        return None
    return info if len(info) >= _ALL else None


def bytes_written(connection: socket.socket) -> int | None:
    """Bytes that were ever written to a connection; None where the kernel does not tell."""
    info = _tcp_info(connection)
    return None if info is None else _written(info)


def _written(info: bytes) -> int:
    sent, again = struct.unpack_from("=Q", info, _SENT)[0], struct.unpack_from("=Q", info, _SENT_AGAIN)[0]
    return int(sent - again + struct.unpack_from("=I", info, _NOT_SENT)[0])


def reset_connection(connection: socket.socket) -> None:
    """Reset a connection at once: an end in good order (FIN) would look whole to a client of HTTP/1.0."""
    if _LIBC.connect(connection.fileno(), _NO_ADDRESS, len(_NO_ADDRESS)) != 0:
        connection.shutdown(socket.SHUT_RDWR)


@dataclass
class ConnectionState:
    """A connection at one moment.

    Attributes:
        inode: Names it as long as it is open.
        peer: The address at the other end.
        sent: Bytes ever written to it.
        received: Bytes that ever came.
        is_unanswered: Something came since anything was last sent.
    """

    inode: int
    peer: str
    sent: int
    received: int
    is_unanswered: bool
    connection: socket.socket | None = None

    def close(self) -> None:
        """Let go of the copy."""
        if self.connection is not None:
            self.connection.close()


def connection_states(port: int) -> list[ConnectionState]:
    """Every connection to a port of which the kernel tells."""
    states = []
    for connection in connections_to(port):
        info = _tcp_info(connection)
        try:
            peer = str(connection.getpeername()[0]).removeprefix("::ffff:")
            inode = os.fstat(connection.fileno()).st_ino
        except OSError:
            info = None
        if info is None:
            connection.close()
            continue
        last_sent, last_received = (struct.unpack_from("=I", info, at)[0] for at in (_LAST_SENT, _LAST_RECEIVED))
        sent, received = _written(info), int(struct.unpack_from("=Q", info, _RECEIVED)[0])
        is_unanswered = received > 0 and (sent == 0 or last_received < last_sent)
        states.append(ConnectionState(inode, peer, sent, received, is_unanswered, connection))
    return states


def reset(state: ConnectionState) -> None:
    """Reset it."""
    if state.connection is not None:
        reset_connection(state.connection)
