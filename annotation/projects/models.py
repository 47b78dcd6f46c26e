"""A project: what is labeled, with which labels, by which rules."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from plateau.kernel.visibility import ScopedQuerySet


class ProjectKind(models.TextChoices):
    """Kinds of labeling; each has a file in `kinds/`."""

    CLASSIFICATION = "classification"
    BOXES = "boxes"


def new_seal_key() -> str:
    """Secret of a project's sealed test split."""
    return secrets.token_hex(32)


class Project(models.Model):
    """One labeling job on one dataset.

    `seal_key` draws the sealed test split: an item's side follows from it and never changes.
    """

    organization_path: ClassVar[str] = "organization_id"
    project_path: ClassVar[str] = "id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    dataset = models.ForeignKey("datalake.Dataset", on_delete=models.PROTECT)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=ProjectKind.choices)
    note = models.TextField(default="", blank=True)
    seal_key = models.CharField(max_length=64, default=new_seal_key)
    target = models.FloatField(default=0.9)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Project"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="project_name_once"),
            models.CheckConstraint(condition=models.Q(kind__in=ProjectKind.values), name="project_kind_known"),
            models.CheckConstraint(condition=models.Q(target__gt=0, target__lt=1), name="target_is_a_share"),
        ]


class LabelSchema(models.Model):
    """One version of a project's labels; never changed, only followed by the next."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="schemas")
    version = models.IntegerField()
    labels = models.JSONField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "version"], name="schema_version_once")]


class Guideline(models.Model):
    """One version of a project's rules, in Markdown."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="guidelines")
    version = models.IntegerField()
    text = models.TextField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "version"], name="guideline_version_once")]
