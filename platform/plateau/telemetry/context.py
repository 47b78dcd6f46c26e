"""What a process is doing just now, so that each line of its log can say so."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_fields: ContextVar[dict[str, object]] = ContextVar("plateau_context", default={})  # noqa: B039  # never changed in place
_CALLERS_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")


def fields() -> dict[str, object]:
    """What is known: `request_id`, `job_id`, `attempt`, `organization_id`, `user_id`."""
    return _fields.get()


@contextmanager
def doing(**fields: object) -> Iterator[None]:
    """Within this block the log's lines say so, too."""
    before = _fields.set({**_fields.get(), **fields})
    try:
        yield
    finally:
        _fields.reset(before)


def add_log_fields(**fields: object) -> None:
    """Add what became known in this block."""
    _fields.set({**_fields.get(), **fields})


def request_id_of(header: str) -> str:
    """The caller's own id where it is a plain word of 8 to 64 letters, else a new one."""
    return header if _CALLERS_ID.fullmatch(header) else uuid.uuid4().hex
