"""Collections of 3D meshes of one kind of object, networks trained on them, and meshes reconstructed from images."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.access.visibility import ScopedQuerySet
from plateau.texts.fields import MessageField


class MeshCollection(models.Model):
    """Meshes of one kind of object, such as chairs. `model_key` is the storage folder of the current network.

    `report` holds its overlaps on the meshes that were held out; see `handlers.train_network`.
    """

    organization_path: ClassVar[str] = "organization_id"
    may_stand_alone: ClassVar[bool] = True

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    model_key = models.CharField(max_length=200, default="", blank=True)
    report = models.JSONField(default=dict)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["MeshCollection"].as_manager()

    class Meta:
        verbose_name = "mesh collection"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="mesh_collection_name_once")
        ]


class Mesh3D(models.Model):
    """An uploaded mesh: its OBJ file, and its views from all around once they were rendered."""

    collection = models.ForeignKey(MeshCollection, on_delete=models.CASCADE, related_name="meshes")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mesh_key = models.CharField(max_length=200)
    views_key = models.CharField(max_length=200, default="", blank=True)
    render_error = MessageField(default="", blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["collection", "sha256"], name="mesh_once")]


class MeshResult(models.Model):
    """A mesh reconstructed from an image; `vertices` and `faces` are empty until its job is done."""

    organization_path: ClassVar[str] = "collection__organization_id"
    may_stand_alone: ClassVar[bool] = True

    collection = models.ForeignKey(MeshCollection, on_delete=models.CASCADE, related_name="results")
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT)
    image_key = models.CharField(max_length=200)
    vertices = models.JSONField(default=list)
    faces = models.JSONField(default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["MeshResult"].as_manager()
