"""Who did what, when. Rows are written in the transaction of the act itself and never changed."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.kernel.visibility import ScopedQuerySet


class AuditEvent(models.Model):
    """One recorded act."""

    organization_path: ClassVar[str] = "organization_id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    token_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["AuditEvent"].as_manager()

    class Meta:
        verbose_name = "audit event"
        indexes: ClassVar = [models.Index(fields=["organization", "-id"])]
