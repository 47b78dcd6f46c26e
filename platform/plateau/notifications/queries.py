"""Reading notifications and choices."""

from dataclasses import dataclass

from django.db.models import QuerySet

from plateau.access.scopes import Actor
from plateau.notifications.kinds import NOTIFICATION_KINDS, NotificationKind
from plateau.notifications.models import Notification, NotificationChoice


@dataclass(frozen=True)
class Channels:
    """Where a person is told something."""

    in_app: bool
    by_email: bool


def channels_of(user_id: int, kind: NotificationKind) -> Channels:
    """How a person wants to be told this kind."""
    row = NotificationChoice.objects.filter(user_id=user_id, kind=kind.key).first()
    return Channels(row.in_app, row.by_email) if row else Channels(in_app=True, by_email=kind.is_emailed)


def choices_of(user_id: int) -> dict[str, Channels]:
    """How a person wants to be told each kind that there is."""
    rows = NotificationChoice.objects.filter(user_id=user_id)
    chosen = {row.kind: Channels(row.in_app, row.by_email) for row in rows}
    return {
        kind.key: chosen.get(kind.key, Channels(in_app=True, by_email=kind.is_emailed))
        for kind in NOTIFICATION_KINDS.for_people()
    }


def inbox_of(actor: Actor) -> "QuerySet[Notification]":
    """What the caller is told in the product."""
    rows = Notification.objects.visible_to(actor).filter(recipient_id=actor.user_id, is_shown=True)
    return rows.select_related("actor")
