"""How long this process waits for a storage that does not answer."""

from dataclasses import dataclass


@dataclass
class Patience:
    """`fails_fast` in web processes, whose callers wait; workers wait for minutes, and try again."""

    fails_fast: bool = False


patience = Patience()
