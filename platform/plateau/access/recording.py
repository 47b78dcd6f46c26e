"""Whether the request at hand has left a row, in the audit log or in the log of data accesses.

Services record what they do in words of their own. A call that changed something, or handed out a file, and about which
nobody recorded anything is recorded as a call, so that no route is without a row because somebody forgot it.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar

from plateau.access.scopes import Actor

_is_recorded: ContextVar[bool] = ContextVar("is_recorded", default=False)
# (who, method, name of the route, its parameters); the audit log adds itself when Django starts.
CallRecorder = Callable[[Actor, str, str, Mapping[str, object]], None]
call_recorders: list[CallRecorder] = []


def begin_call() -> None:
    """Nothing was recorded yet."""
    _is_recorded.set(False)


def mark_recorded() -> None:
    """Something was."""
    _is_recorded.set(True)


def record_call_if_unrecorded(actor: Actor, method: str, route: str, parameters: Mapping[str, object]) -> None:
    """Record the call itself where it left no row."""
    if not _is_recorded.get():
        for recorder in call_recorders:
            recorder(actor, method, route, parameters)
