"""The audit log (who did what, when) and the data access log (who was shown which data).

Events are written in the transaction of the act itself; a trigger of the database refuses to change or delete one.
A few seconds later each is sealed: its seal's digest covers the event and the seal before, so that whoever changes the
past must change every seal since, and the last digest, once it is known elsewhere, gives them away.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from plateau.access.visibility import ScopedQuerySet


class AuditEvent(models.Model):
    """One recorded act."""

    organization_path: ClassVar[str] = "organization_id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.PROTECT)
    # People are never deleted, only made nameless: the log keeps pointing at who it was.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    token_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["AuditEvent"].as_manager()

    class Meta:
        verbose_name = "audit event"
        indexes: ClassVar = [
            models.Index(fields=["organization", "-id"]),
            models.Index(fields=["organization", "action", "-id"], name="audit_by_action"),
            models.Index(fields=["organization", "user", "-id"], name="audit_by_user"),
        ]


class AuditPending(models.Model):
    """An event that waits for its seal; a trigger writes it with the event."""

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, primary_key=True)


class AuditSeal(models.Model):
    """One link of an organization's chain."""

    organization_path: ClassVar[str] = "organization_id"

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, primary_key=True, related_name="seal")
    organization = models.ForeignKey("identity.Organization", on_delete=models.PROTECT)
    number = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    objects = ScopedQuerySet["AuditSeal"].as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "number"], name="one_seal_a_place")]


class DataAccess(models.Model):
    """That a person was shown a picture (an asset), or a text or row (an item), on a day."""

    organization_path: ClassVar[str] = "organization_id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    asset_id = models.BigIntegerField(null=True)
    item_id = models.BigIntegerField(null=True)
    day = models.DateField()
    at = models.DateTimeField(default=timezone.now)

    objects = ScopedQuerySet["DataAccess"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["asset_id", "user", "day"], name="one_viewing_a_day"),
            models.UniqueConstraint(
                fields=["item_id", "user", "day"],
                name="one_reading_a_day",
                condition=models.Q(item_id__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-id"])]


class DailyDataAccess(models.Model):
    """How much one person was shown on a day; counted by a trigger, so that a report need not read every access."""

    organization_path: ClassVar[str] = "organization_id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE, db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    day = models.DateField()
    asset_count = models.IntegerField(db_default=0)
    item_count = models.IntegerField(db_default=0)

    objects = ScopedQuerySet["DailyDataAccess"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "user", "day"], name="one_seen_day"),
        ]
