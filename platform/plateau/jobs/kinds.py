"""Kinds of jobs: payload, queue, subject and handler.

Whoever submits jobs declares their kind, with the payload as a frozen dataclass. Whoever does the work registers the
kind when Django starts, with the name of its handler, which is loaded where it is called: the web loads none.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Generic

from django.utils.module_loading import import_string
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypeVar

from labelkit.catalog import Catalog
from labelkit.messages import Message

P = TypeVar("P", default=Any)


class UnknownJobKind(KeyError):
    """No app registered the kind: it was left out, or the job is of a version that is not this one."""

    def __str__(self) -> str:
        return str(self.args[0])  # a KeyError would put quotation marks around it


class InvalidPayload(ValueError):
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
            `queries.find_unfinished_jobs` finds what waits or runs.
        max_attempts: How many workers may be lost over it.
        title: What it does, a noun phrase in English; e-mails say it in the person's language.
        restart_refusal: Why one that failed must not be done again as it was ordered, and what to do instead; None
            where it may be. What may be lost with a worker and begun again may mostly be restarted too.
    """

    key: str
    payload: type[P]
    queue: str | Callable[[P], str]
    subject: Mapping[str, str] = field(default_factory=dict)
    max_attempts: int = 3
    title: str = ""
    restart_refusal: Message | None = None

    @cached_property
    def _adapter(self) -> TypeAdapter[P]:
        return TypeAdapter(self.payload)

    def queue_of(self, payload: P) -> str:
        """Where a job with this payload waits."""
        return self.queue if isinstance(self.queue, str) else self.queue(payload)

    def store(self, payload: P) -> dict[str, object]:
        """The payload as JSON.

        Raises:
            TypeError: it is of another type.
            InvalidPayload: a field is.
        """
        if not isinstance(payload, self.payload):
            raise TypeError(f"Job kind {self.key} takes {self.payload.__name__}, not {type(payload).__name__}.")
        stored: dict[str, Any] = self._adapter.dump_python(self.parse(asdict(payload)), mode="json")  # type: ignore[call-overload]
        return stored

    def parse(self, stored: object) -> P:
        """The payload of a row; fields that are not known any more are passed over.

        Raises:
            InvalidPayload: a field is missing, or of another type.
        """
        try:
            return self._adapter.validate_python(stored)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "payload"
            raise InvalidPayload(f"Job kind {self.key}: {where}: {first['msg']}") from error


Handler = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class RegisteredJobKind:
    """A kind and its handler; the handler by dotted name, or as it is.

    Attributes:
        kind: What is done.
        handler: Does it. In the worker it gets the `Running` job; in a process of its own, what that process gives.
        runs_in: What the worker calls instead, where the handler needs a process of its own; None for the worker.
    """

    kind: JobKind
    handler: str | Handler
    runs_in: str | Handler | None = None

    def load_handler(self) -> Handler:
        """Import the handler.

        Raises:
            ImportError: there is none by this name.
        """
        return _load(self.handler)

    def load_runner(self) -> Handler:
        """Import what a worker calls: the handler, or what starts its process.

        Raises:
            ImportError: there is none by this name.
        """
        return _load(self.handler if self.runs_in is None else self.runs_in)


def _load(handler: str | Handler) -> Handler:
    loaded: Handler = import_string(handler) if isinstance(handler, str) else handler
    return loaded


class JobKinds(Catalog[RegisteredJobKind]):
    """Job kinds with their handlers; other packages add theirs under the entry point group `plateau.job_kinds`."""

    key_pattern: ClassVar[str] = r"[a-z][a-z0-9_-]*"

    def __init__(self) -> None:
        super().__init__(entry_type=RegisteredJobKind, noun="job kind", group="plateau.job_kinds", longest_key=32)

    def key_of(self, entry: RegisteredJobKind) -> object:
        """The key of its kind."""
        return entry.kind.key

    def register(self, kind: JobKind, *, handler: str | Handler, runs_in: str | Handler | None = None) -> None:
        """Name the handler of a kind.

        Raises:
            ValueError: a kind of this key is registered.
        """
        self.add(RegisteredJobKind(kind, handler, runs_in))

    def check(self, kind: JobKind) -> None:
        """Refuse a kind that has no handler.

        Raises:
            UnknownJobKind: it is not registered.
        """
        if self[kind.key].kind is not kind:
            raise UnknownJobKind(f"Another job kind {kind.key} is registered than this one.")

    def __getitem__(self, key: str) -> RegisteredJobKind:
        try:
            return super().__getitem__(key)
        except KeyError:
            raise UnknownJobKind(
                f"No handler for jobs of kind {key}: an app registers its kinds when Django starts."
            ) from None


JOB_KINDS = JobKinds()
