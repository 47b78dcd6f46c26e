"""Models that help while labeling. They run in the annotator's browser, never on the server."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.access.visibility import ScopedQuerySet


class Assistant(models.Model):
    """A click-to-mask model as ONNX; see `signature` for what it takes and gives."""

    organization_path: ClassVar[str] = "organization_id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    storage_key = models.CharField(max_length=200)
    size = models.BigIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Assistant"].as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "name"], name="assistant_name_once")]
