"""What applications add to the demo organization; each registers itself when Django starts."""

from collections.abc import Callable

Addition = Callable[[], None]
_additions: dict[str, Addition] = {}


def register(application: str, add: Addition) -> None:
    """Let `add` fill in what `application` shows. It looks first what is there: filling may be repeated."""
    _additions[application] = add


def additions() -> list[Addition]:
    """Every one that was registered, in the order of the settings."""
    return list(_additions.values())
