"""The catalog of events for inbox, e-mail and webhooks; each app declares its own and adds them when Django starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class NotificationKind:
    """Something that happens, of which a person or another system is told.

    Attributes:
        key: `subject.what`, at most 30 characters: what rows and webhooks say; the screens have a title for each.
        subject: Of the e-mail, in English; `{name}` stands for a parameter, and the server's catalogs translate it.
        text: Of the e-mail: one sentence, and what to do.
        titles: For parameters that are codes, what gives the words for one.
        is_emailed: Whether it is also sent by e-mail to somebody who chose nothing.
        notifies_people: Whether people are told; otherwise other systems alone are, by webhook.
    """

    key: str
    subject: str = ""
    text: str = ""
    titles: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    is_emailed: bool = False
    notifies_people: bool = True


class _Kinds(dict[str, NotificationKind]):
    def add(self, *kinds: NotificationKind) -> None:
        """Register kinds."""
        self.update({kind.key: kind for kind in kinds})

    def for_people(self) -> list[NotificationKind]:
        """Those that people are told of, by key."""
        return [kind for _, kind in sorted(self.items()) if kind.notifies_people]


NOTIFICATION_KINDS = _Kinds()


class EventListener(Protocol):
    """Passes an event on to other systems, in the transaction in which it happens."""

    def __call__(
        self, *, organization_id: int, project_id: int | None, event: str, payload: Mapping[str, Any]
    ) -> None: ...


event_listeners: list[EventListener] = []
