"""Kinds of notifications; each app declares its own and adds them when Django starts."""

from collections.abc import Mapping
from dataclasses import dataclass

Texts = Mapping[str, str]  # by language, `en` and `ja`; `{name}` stands for a parameter


@dataclass(frozen=True)
class NotificationKind:
    """Something that a person is told.

    Attributes:
        key: What the row says, at most 32 characters; the screens have a title for each.
        subject: Of the e-mail.
        text: Of the e-mail: one sentence, and what to do.
        is_emailed: Whether it is also sent by e-mail to somebody who chose nothing.
    """

    key: str
    subject: Texts
    text: Texts
    is_emailed: bool = False


class _Kinds(dict[str, NotificationKind]):
    def add(self, *kinds: NotificationKind) -> None:
        """Register kinds."""
        self.update({kind.key: kind for kind in kinds})


NOTIFICATION_KINDS = _Kinds()
