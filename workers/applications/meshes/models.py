"""Collections of 3D models of one sort of thing, what a network learned from them, and meshes made of pictures."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.access.visibility import ScopedQuerySet


class Collection(models.Model):
    """Models of one sort, such as chairs. `model_key` is the folder of the network that answers now.

    `report` is how the newest network did on the objects that were held out.
    """

    organization_path: ClassVar[str] = "organization_id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    model_key = models.CharField(max_length=200, default="", blank=True)
    report = models.JSONField(default=dict)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Collection"].as_manager()

    class Meta:
        verbose_name = "collection"
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "name"], name="collection_name_once")]


class Thing(models.Model):
    """One 3D model: its file, and its pictures from all around once they were rendered."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="things")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mesh_key = models.CharField(max_length=200)
    views_key = models.CharField(max_length=200, default="", blank=True)
    problem = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["collection", "sha256"], name="thing_once")]


class Made(models.Model):
    """A mesh made of a picture. `vertices` and `faces` are empty until it is done; `cut` is the picture that was seen,
    64 pixels a side, with its silhouette."""

    organization_path: ClassVar[str] = "collection__organization_id"

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="made")
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT)
    picture_key = models.CharField(max_length=200)
    vertices = models.JSONField(default=list)
    faces = models.JSONField(default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Made"].as_manager()
