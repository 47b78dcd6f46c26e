"""Kinds of jobs: what is ordered, on which queue and about what, and who does it.

Whoever orders work declares its kind, with the payload as a frozen dataclass. Whoever does the work registers the kind
when Django starts, with the name of its handler, which is loaded where it is called: the web loads none.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.utils.module_loading import import_string
from pydantic import TypeAdapter, ValidationError

P = TypeVar("P")


class UnknownKind(LookupError):
    """No app registered the kind: it was left out, or the job is of a version that is not this one."""


class BadPayload(ValueError):
    """The payload of a job is not what its kind takes; the message names kind and field."""


@dataclass(frozen=True, eq=False)
class JobKind(Generic[P]):
    """A kind of job.

    Attributes:
        key: What the row says, at most 32 characters.
        payload: A frozen dataclass. Stored as JSON with its fields; rows outlive versions, so that a new field needs a
            default, and one that is taken away leaves what is stored readable.
        queue: Where it waits, or how that follows from the payload.
        subject: What it is about: names, and where a job has them (`{"project": "project_id"}`). By these
            `queries.under_way` finds what waits or runs.
        max_attempts: How many workers may be lost over it.
    """

    key: str
    payload: type[P]
    queue: str | Callable[[P], str]
    subject: Mapping[str, str] = field(default_factory=dict)
    max_attempts: int = 3

    @cached_property
    def _adapter(self) -> TypeAdapter[P]:
        return TypeAdapter(self.payload)

    def queue_of(self, payload: P) -> str:
        """Where a job with this payload waits."""
        return self.queue if isinstance(self.queue, str) else self.queue(payload)

    def store(self, payload: P) -> dict[str, Any]:
        """The payload as JSON.

        Raises:
            TypeError: it is of another type.
            BadPayload: a field is.
        """
        if not isinstance(payload, self.payload):
            raise TypeError(f"Job kind {self.key} takes {self.payload.__name__}, not {type(payload).__name__}.")
        stored: dict[str, Any] = self._adapter.dump_python(self.parse(asdict(payload)), mode="json")  # type: ignore[call-overload]
        return stored

    def parse(self, stored: Any) -> P:
        """The payload of a row; fields that are not known any more are passed over.

        Raises:
            BadPayload: a field is missing, or of another type.
        """
        try:
            return self._adapter.validate_python(stored)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "payload"
            raise BadPayload(f"Job kind {self.key}: {where}: {first['msg']}") from error


Work = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Entry:
    """A kind and who does it; both by dotted name, or as they are.

    Attributes:
        kind: What is done.
        handler: Does it. In the worker it gets the `Running` job; in a process of its own, what that process gives.
        runs_in: What the worker calls instead, where the handler needs a process of its own; None for the worker.
    """

    kind: JobKind[Any]
    handler: str | Work
    runs_in: str | Work | None = None

    def load_handler(self) -> Work:
        """Import the handler.

        Raises:
            ImportError: there is none by this name.
        """
        return _load(self.handler)

    def load_runner(self) -> Work:
        """Import what a worker calls: the handler, or what starts its process.

        Raises:
            ImportError: there is none by this name.
        """
        return _load(self.handler if self.runs_in is None else self.runs_in)


def _load(work: str | Work) -> Work:
    loaded: Work = import_string(work) if isinstance(work, str) else work
    return loaded


class JobKinds:
    """Kinds that are registered, in the order in which they were."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def add(self, kind: JobKind[Any], *, handler: str | Work, runs_in: str | Work | None = None) -> None:
        """Name who does a kind.

        Raises:
            ValueError: a kind of this key is registered.
        """
        if kind.key in self._entries:
            raise ValueError(f"A job kind {kind.key} is registered already; choose another key.")
        self._entries[kind.key] = Entry(kind, handler, runs_in)

    def remove(self, kind: JobKind[Any]) -> None:
        """Take a kind out.

        Raises:
            UnknownKind: it is not registered.
        """
        self.check(kind)
        del self._entries[kind.key]

    def check(self, kind: JobKind[Any]) -> None:
        """Refuse a kind that nobody does.

        Raises:
            UnknownKind: it is not registered.
        """
        if self[kind.key].kind is not kind:
            raise UnknownKind(f"Another job kind {kind.key} is registered than this one.")

    def __getitem__(self, key: str) -> Entry:
        """By key.

        Raises:
            UnknownKind: it is not registered.
        """
        if key not in self._entries:
            raise UnknownKind(f"Nothing here does jobs of kind {key}: an app registers its kinds when Django starts.")
        return self._entries[key]

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries.values()))


JOB_KINDS = JobKinds()
