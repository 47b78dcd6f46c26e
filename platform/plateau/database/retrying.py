"""Statements that are tried again where the database was away for a moment: only such as may run twice."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

R = TypeVar("R")
WAITS = (0.1, 0.5, 1.0, 2.0, 4.0)  # seconds: a restart of PostgreSQL takes a few
LOST_CONNECTION = (OperationalError, InterfaceError)


def retrying(action: Callable[[], R], waits: tuple[float, ...] = WAITS) -> R:
    """What `action` returns, which may be done twice: whether the lost connection took its commit is not known.

    Within a transaction it is done once: what came before in it is gone with the connection.

    Raises:
        OperationalError, InterfaceError: the database stays away, or a transaction is open.
    """
    for wait in waits:
        try:
            return action()
        except LOST_CONNECTION:
            if connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(wait)
    return action()
