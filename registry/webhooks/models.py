"""Addresses that want to hear of what happens to models, and every message to them."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from plateau.access.visibility import ScopedQuerySet

EVENTS = ("version.registered", "alias.moved", "alias.removed", "contract.verdict")


class Webhook(models.Model):
    """An address of an organization's. `secret` signs what is sent to it; it is kept sealed."""

    organization_path: ClassVar[str] = "organization_id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=30))
    secret = models.CharField(max_length=300)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Webhook"].as_manager()


class DeliveryState(models.TextChoices):
    """A message's way: tried again until it is taken, or given up."""

    WAITING = "waiting"
    TAKEN = "taken"
    GIVEN_UP = "given_up"


class Delivery(models.Model):
    """One message to one address, written in the same transaction as what it tells of."""

    organization_path: ClassVar[str] = "webhook__organization_id"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=30)
    body = models.JSONField()
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(max_length=300, default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Delivery"].as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="delivery_due", condition=models.Q(state="waiting")),
            models.Index(fields=["webhook", "-id"], name="delivery_newest"),
        ]
