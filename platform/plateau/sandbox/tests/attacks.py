"""What a hostile model would try; each runs in a confined process and says how far it got."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from pathlib import Path


def _tried(act) -> str:
    try:
        act()
    except (OSError, ValueError) as error:
        return type(error).__name__
    return "done"


def read(path: str) -> str:
    return _tried(lambda: Path(path).read_bytes())


def write(path: str, size: int = 1) -> str:
    return _tried(lambda: Path(path).write_bytes(b"x" * size))


def listed(path: str) -> str:
    return _tried(lambda: list(Path(path).iterdir()))


def talk(family: str) -> str:
    return _tried(lambda: socket.socket(getattr(socket, family)))


def program() -> str:
    return _tried(lambda: subprocess.run(["/bin/true"], check=True))


def hit(pid: int) -> str:
    return _tried(lambda: os.kill(pid, signal.SIGTERM))


def look_into(pid: int) -> str:
    return "done" if ctypes.CDLL(None).ptrace(16, pid, 0, 0) == 0 else "refused"


def environment() -> list[str]:
    return sorted(os.environ)


def eat(gigabytes: int) -> int:
    return len(bytearray(gigabytes * 1024**3))


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def crash() -> None:
    ctypes.string_at(0)


def shout() -> str:
    os.write(1, b"\x00" * 100)
    print("not an answer")  # noqa: T201  # what a library might print
    return "said"


def powers() -> str:
    return next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapEff"))
