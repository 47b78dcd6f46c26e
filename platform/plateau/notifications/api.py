"""Routes of the inbox.

They need a scope that every role grants, not `self`: who still lacks the second factor is told nothing.
"""

from typing import ClassVar

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from labelkit.messages import Message
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import NotFound
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import parse
from plateau.notifications import services
from plateau.notifications.filters import NOTIFICATIONS
from plateau.notifications.models import Notification
from plateau.notifications.queries import Channels, choices_of, inbox_of
from plateau.notifications.schemas import (
    KindChoice,
    NotificationChange,
    NotificationOut,
    NotificationSettingsIn,
    NotificationSettingsOut,
    UnreadCount,
)
from plateau.texts import translate
from plateau.texts.fields import read_parameters


def _notification(row: Notification) -> NotificationOut:
    return NotificationOut(
        id=row.pk,
        kind=row.kind,
        actor=row.actor.name if row.actor else "",
        link=row.link,
        parameters={
            key: translate(value) if isinstance(value, Message) else value
            for key, value in read_parameters(row.parameters).items()
        },
        created_at=row.created_at,
        is_read=row.read_at is not None,
    )


class NotificationList(Endpoint):
    """The caller's inbox."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ}

    @document(summary="My notifications", out=Page[NotificationOut], query=NOTIFICATIONS)
    def get(self, request: Request) -> Response:
        """One page, the newest first."""
        return Response(NOTIFICATIONS.page(request, inbox_of(self.actor), _notification))


class NotificationCount(Endpoint):
    """The number at the bell."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ}

    @document(summary="How many of my notifications are unread", out=UnreadCount)
    def get(self, request: Request) -> Response:
        """All of them."""
        return Response(UnreadCount(count=inbox_of(self.actor).filter(read_at=None).count()))


class NotificationDetail(Endpoint):
    """One of the caller's notifications."""

    scopes: ClassVar = {"PATCH": Scope.PROJECTS_READ}
    unrecorded: ClassVar = {"PATCH": "one's own inbox"}

    @document(
        summary="Mark a notification read, or unread again",
        body=NotificationChange,
        out=NotificationOut,
        errors=[NotFound],
    )
    def patch(self, request: Request, notification_id: int) -> Response:
        """Change one."""
        change = parse(NotificationChange, request.data)
        row = Notification.objects.visible_to(self.actor).get_or_404(
            pk=notification_id, recipient_id=self.actor.user_id
        )
        return Response(_notification(services.set_read(notification=row, is_read=change.is_read)))


class NotificationsRead(Endpoint):
    """The whole inbox."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_READ}
    unrecorded: ClassVar = {"POST": "one's own inbox"}

    @document(summary="Mark all my notifications read", status=204)
    def post(self, request: Request) -> Response:
        """All of them."""
        services.mark_all_read(actor=self.actor)
        return Response(status=204)


class NotificationSettings(Endpoint):
    """How the caller is told things."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ, "PUT": Scope.PROJECTS_READ}
    unrecorded: ClassVar = {"PUT": "one's own settings"}

    @document(summary="How I am told things, by kind", out=NotificationSettingsOut)
    def get(self, request: Request) -> Response:
        """Every kind."""
        return Response(self._answer())

    @document(
        summary="Choose how I am told things, by kind", body=NotificationSettingsIn, out=NotificationSettingsOut
    )  # fmt: skip
    def put(self, request: Request) -> Response:
        """Set the kinds that are named; those that this server does not know are passed over."""
        body = parse(NotificationSettingsIn, request.data)
        choices = {choice.kind: Channels(choice.in_app, choice.by_email) for choice in body.kinds}
        services.set_choices(actor=self.actor, choices=choices)
        return Response(self._answer())

    def _answer(self) -> NotificationSettingsOut:
        choices = choices_of(self.actor.user_id)
        return NotificationSettingsOut(
            is_email_set_up=bool(settings.EMAIL_HOST),
            kinds=[
                KindChoice(kind=key, in_app=choice.in_app, by_email=choice.by_email) for key, choice in choices.items()
            ],
        )
