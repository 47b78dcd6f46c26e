"""Limits that the installation's operator sets, and the files that count."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from plateau.access.visibility import ScopedQuerySet


class QuotaKind(models.TextChoices):
    """What is limited."""

    STORAGE = "storage_bytes"
    ITEMS = "items"
    REQUESTS_PER_MINUTE = "requests_per_minute"
    REQUESTS_PER_DAY = "requests_per_day"


QUOTA_TITLES: dict[str, str] = {
    QuotaKind.STORAGE: "storage",
    QuotaKind.ITEMS: "items",
    QuotaKind.REQUESTS_PER_MINUTE: "requests per minute",
    QuotaKind.REQUESTS_PER_DAY: "requests per day",
}


class OrganizationQuota(models.Model):
    """One organization's own limit; null: none. Without a row the installation's default holds (`QUOTAS`)."""

    organization_path: ClassVar[str] = "organization_id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    kind = models.CharField(max_length=20, choices=QuotaKind.choices)
    limit = models.BigIntegerField(null=True)

    objects = ScopedQuerySet["OrganizationQuota"].as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "kind"], name="quota_once_of_a_kind")]


class StorageUsage(models.Model):
    """The sum of `StoredFile.size` of an organization, kept in the same transaction."""

    organization_path: ClassVar[str] = "organization_id"

    organization = models.OneToOneField("identity.Organization", on_delete=models.CASCADE, primary_key=True)
    used_bytes = models.BigIntegerField(default=0)

    objects = ScopedQuerySet["StorageUsage"].as_manager()


class StoredFile(models.Model):
    """A file of the storage that counts for an organization.

    A pending one has its room, but not yet its place: it counts from before it is written.
    """

    organization_path: ClassVar[str] = "organization_id"

    key = models.CharField(max_length=1200, primary_key=True)  # MLflow's paths are long
    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    size = models.BigIntegerField()
    is_pending = models.BooleanField(default=False)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = ScopedQuerySet["StoredFile"].as_manager()
