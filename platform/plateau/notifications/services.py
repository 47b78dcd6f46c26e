"""Telling people, and what they do with it."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from plateau.access.scopes import Actor
from plateau.access.visibility import current_reach_rules
from plateau.identity.models import Membership
from plateau.notifications.kinds import NOTIFICATION_KINDS, NotificationKind, event_listeners
from plateau.notifications.models import Email, Notification, NotificationChoice
from plateau.notifications.queries import Channels, channels_of
from plateau.texts.fields import store_parameters


def publish(
    kind: NotificationKind, *, organization_id: int, project_id: int | None, payload: Mapping[str, Any], link: str = ""
) -> None:
    """Tell other systems that something happened, in the transaction in which it does.

    Args:
        kind: What happened.
        organization_id: Where.
        project_id: In which project; None: in none.
        payload: Names and numbers; none of them a person's name.
        link: Path of the front end that leads to the very thing.
    """
    address = {"link": settings.PLATEAU_URL + link} if link else {}
    for listen in event_listeners:
        listen(organization_id=organization_id, project_id=project_id, event=kind.key, payload={**payload, **address})


def notify(
    kind: NotificationKind,
    *,
    organization_id: int,
    project_id: int | None,
    recipients: Iterable[int | None],
    link: str,
    parameters: dict[str, Any] | None = None,
    actor_id: int | None = None,
    group: str = "",
    is_published: bool = True,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Tell people, and other systems, that something happened, in the transaction in which it does.

    Args:
        kind: What happened.
        organization_id: Where; only its active members are told.
        project_id: In which project; of these, only those who reach it are told. None: in none.
        recipients: User ids; None and the one who did it are passed over.
        link: Path of the front end that leads to the very thing.
        parameters: Values that the kind's texts name, none of them a person's name; `count` is added.
        actor_id: Who did it; None: a machine.
        group: While a notification with this key is unread, it counts up and comes to the top.
        is_published: False: the caller tells other systems itself, by `publish`.
        facts: Of the message to other systems, beside the parameters.
    """
    if is_published:
        payload = {**(parameters or {}), **(facts or {})}
        publish(kind, organization_id=organization_id, project_id=project_id, payload=payload, link=link)
    ids = {user_id for user_id in recipients if user_id} - {actor_id}
    if not ids:
        return
    members = Membership.objects.filter(
        organization_id=organization_id, user_id__in=ids, is_active=True, invited_email=""
    )
    if project_id is not None:
        members = members.filter(pk__in=current_reach_rules().members(project_id))
    with transaction.atomic():
        for user_id in sorted(set(members.values_list("user_id", flat=True))):
            channels = channels_of(user_id, kind)
            if channels.in_app or (channels.by_email and settings.EMAIL_HOST):
                scope = (organization_id, project_id)
                _write(kind, scope, user_id, link, parameters or {}, actor_id, group, channels)


def _write(
    kind: NotificationKind,
    scope: tuple[int, int | None],
    user_id: int,
    link: str,
    parameters: dict[str, Any],
    actor_id: int | None,
    group: str,
    channels: Channels,
) -> None:
    organization_id, project_id = scope
    same = Notification.objects.filter(organization_id=organization_id, recipient_id=user_id, kind=kind.key)
    same = same.filter(group=group, read_at=None)
    earlier = same.select_for_update().order_by("-pk").first() if group else None
    count = 1
    if earlier is not None:
        count = int(earlier.parameters.get("count", 1)) + 1
        is_unsent = Email.objects.filter(notification=earlier).exists()
        earlier.delete()  # and an e-mail of it that was not sent: the new one says the whole
    row = Notification.objects.create(
        organization_id=organization_id,
        project_id=project_id,
        recipient_id=user_id,
        actor_id=actor_id or None,
        kind=kind.key,
        link=link,
        parameters=store_parameters(parameters) | {"count": count},
        group=group,
        is_shown=channels.in_app,
    )
    # Of one unread group one e-mail is enough.
    if channels.by_email and settings.EMAIL_HOST and (earlier is None or is_unsent):
        Email.objects.create(organization_id=organization_id, recipient_id=user_id, kind=kind.key, notification=row)


@transaction.atomic
def set_read(*, notification: Notification, is_read: bool) -> Notification:
    """Mark one notification read, or unread again."""
    notification.read_at = (notification.read_at or timezone.now()) if is_read else None
    notification.save(update_fields=["read_at"])
    return notification


def mark_all_read(*, actor: Actor) -> int:
    """Mark all of the caller's notifications read; returns how many were not."""
    rows = Notification.objects.visible_to(actor).filter(recipient_id=actor.user_id, read_at=None)
    return rows.update(read_at=Now())


@transaction.atomic
def set_choices(*, actor: Actor, choices: dict[str, Channels]) -> None:
    """Set how the caller wants to be told these kinds; the others stay."""
    for kind, channels in choices.items():
        if kind in NOTIFICATION_KINDS and NOTIFICATION_KINDS[kind].notifies_people:
            NotificationChoice.objects.update_or_create(
                user_id=actor.user_id,
                kind=kind,
                defaults={"in_app": channels.in_app, "by_email": channels.by_email},
            )


def erase_person(user_id: int) -> None:
    """Delete what a person was told, what others were told of them, and what waits to be sent to them."""
    Notification.objects.filter(Q(recipient_id=user_id) | Q(actor_id=user_id)).delete()
    NotificationChoice.objects.filter(user_id=user_id).delete()
    Email.objects.filter(recipient_id=user_id).delete()


def delete_old(*, days: int) -> int:
    """Delete what was read so many days ago; returns how many."""
    limit = timezone.now() - timedelta(days=days)
    return Notification.objects.filter(read_at__lt=limit).delete()[0]
