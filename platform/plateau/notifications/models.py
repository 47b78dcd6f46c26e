"""What people are told, what they want to be told, and the outbox of e-mails."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from plateau.access.scopes import Actor
from plateau.access.visibility import ScopedQuerySet


class NotificationQuerySet(ScopedQuerySet["Notification"]):
    """Notifications."""

    def in_reach_of(self, actor: Actor) -> models.Q:
        """Those of no project are seen by their recipients whatever these reach."""
        return super().in_reach_of(actor) | models.Q(project_id=None)


class Notification(models.Model):
    """One thing that one person is told; written in the transaction of what happened."""

    organization_path: ClassVar[str] = "organization_id"
    project_path: ClassVar[str] = "project_id"
    may_stand_alone: ClassVar[bool] = True

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    # By number: projects stand on notifications. Who leaves a project is not shown any more what was told of it.
    project_id = models.BigIntegerField(null=True)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    # Who did it; nobody where a machine did. By row, so that an erased person is nameless here too.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=32)
    link = models.CharField(max_length=300)  # a path of the front end: the very item
    parameters = models.JSONField(default=dict)
    # While one with this key is unread, more of the same add to its `count` instead of filling the inbox.
    group = models.CharField(max_length=80, default="", blank=True)
    # False: the person wants this kind by e-mail alone.
    is_shown = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-id"], name="notification_newest"),
            models.Index(fields=["recipient"], name="notification_unread", condition=models.Q(read_at=None)),
        ]


class NotificationChoice(models.Model):
    """How a person wants to be told one kind; without a row, as the kind has it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=32)
    in_app = models.BooleanField()
    by_email = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="notification_choice_once"),
        ]


class Email(models.Model):
    """An e-mail that is to be sent; deleted once it is. Links that open an account are made when it is sent."""

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=32)
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, null=True)
    created_at = models.DateTimeField(db_default=Now())
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    error = models.CharField(max_length=300, default="", blank=True)
    failed_at = models.DateTimeField(null=True)  # given up

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_attempt_at"], name="email_due", condition=models.Q(failed_at=None)),
        ]
