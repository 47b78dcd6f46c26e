"""Webhooks on the events of the catalog (`plateau.notifications.kinds`), and the outbox of their deliveries."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from plateau.access.visibility import ScopedQuerySet


class Webhook(models.Model):
    """A URL of an organization that events are sent to; `secret` signs the requests and is stored encrypted.

    It is told of the projects that `created_by`, who gave the URL, reaches.
    One with `deleted_at` gets nothing; it can be restored for `RESTORABLE_DAYS`.
    """

    organization_path: ClassVar[str] = "organization_id"
    may_stand_alone: ClassVar[bool] = True

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=30))
    secret = models.CharField(max_length=300)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Webhook"].as_manager()


class DeliveryState(models.TextChoices):
    """`pending` until an attempt is accepted, or the last retry fails."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(models.Model):
    """One event for one webhook, written in the transaction of the event itself."""

    organization_path: ClassVar[str] = "webhook__organization_id"
    project_path: ClassVar[str] = "project_id"
    may_stand_alone: ClassVar[bool] = True

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, null=True, related_name="+")
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=30)
    payload = models.JSONField()
    state = models.CharField(max_length=9, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(auto_now_add=True)
    response = models.CharField(max_length=300, default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Delivery"].as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_attempt_at"], name="delivery_due", condition=models.Q(state="pending")),
            models.Index(fields=["webhook", "-id"], name="delivery_newest"),
        ]
