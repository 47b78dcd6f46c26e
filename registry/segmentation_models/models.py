"""Interactive segmentation models. They run in the annotator's browser, never on the server."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.access.visibility import ScopedQuerySet


class SegmentationModel(models.Model):
    """A click-to-mask model as ONNX; see `signature` for its inputs and output."""

    organization_path: ClassVar[str] = "organization_id"
    may_stand_alone: ClassVar[bool] = True

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    storage_key = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["SegmentationModel"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="segmentation_model_name_once")
        ]
