"""A project: what is labeled, with which labels, and how its queue works."""

import secrets
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from labelkit.annotations import AnnotationType
from labelkit.media import MediaType
from labelkit.project_types import PROJECT_TYPES, ProjectType
from plateau.access.scopes import Actor
from plateau.access.visibility import ScopedQuerySet


def new_split_seed() -> str:
    """Secret that draws a project's held-out test set."""
    return secrets.token_hex(32)


class Team(models.Model):
    """People who are given work together."""

    organization_path: ClassVar[str] = "organization_id"
    may_stand_alone: ClassVar[bool] = True

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="teams")

    objects = ScopedQuerySet["Team"].as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "name"], name="team_name_once")]


class HasProjectType(models.Model):
    """A model whose `kind` is the key of its project type."""

    kind = models.CharField(max_length=20)

    class Meta:
        abstract = True

    @property
    def project_type(self) -> ProjectType:
        """The one that `kind` is the key of."""
        return PROJECT_TYPES[self.kind]

    @property
    def annotation_type(self) -> AnnotationType:
        """Of its annotations."""
        return self.project_type.annotation_type

    @property
    def media_type(self) -> MediaType:
        """Of its items."""
        return self.project_type.media_type


class Project(HasProjectType):
    """One labeling job on one dataset.

    `split_seed` draws the held-out test set: an item's split follows from it and never changes.
    `schema_version` and `guideline_version` are the newest ones; the hot path reads them here.
    `queue_version` grows when tasks come back into the queue ahead of where people are.
    """

    organization_path: ClassVar[str] = "organization_id"
    project_path: ClassVar[str] = "id"

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE)
    dataset = models.ForeignKey("datalake.Dataset", on_delete=models.PROTECT)
    # Whose items are labeled too; `dataset` is where new data of the project go.
    added_datasets = models.ManyToManyField("datalake.Dataset", related_name="+", blank=True)
    name = models.CharField(max_length=120)
    note = models.TextField(default="", blank=True)
    split_seed = models.CharField(max_length=64, default=new_split_seed)
    target = models.FloatField(default=0.9)
    schema_version = models.IntegerField(default=1)
    guideline_version = models.IntegerField(default=1)
    queue_version = models.IntegerField(default=0)
    # The settings of the queue: see `schemas.QueueSettings`.
    order = models.CharField(max_length=16, default="random")
    overlap = models.SmallIntegerField(default=1)
    overlap_fraction = models.FloatField(default=1.0)
    max_annotations_per_task = models.SmallIntegerField(default=1)
    min_agreement = models.FloatField(default=0.8)
    review_fraction = models.FloatField(default=0.0)
    second_review = models.BooleanField(default=False)
    gold_fraction = models.FloatField(default=0.0)
    qualification_tasks = models.SmallIntegerField(default=0)
    min_gold_accuracy = models.FloatField(null=True)
    max_annotations_per_person = models.IntegerField(null=True)
    is_open_to_everyone = models.BooleanField(default=True)
    teams = models.ManyToManyField(Team, related_name="projects")
    hourly_cost = models.FloatField(default=0.0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Project"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="project_name_once"),
            models.CheckConstraint(condition=models.Q(target__gt=0, target__lt=1), name="target_is_a_share"),
        ]


class LabelSchema(models.Model):
    """One version of a project's labels; never changed, only followed by the next."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="schemas")
    version = models.IntegerField()
    labels = models.JSONField()
    attributes = models.JSONField(default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "version"], name="schema_version_once")]


class GuidelinePicture(models.Model):
    """A picture that a project's guidelines show; stays, since earlier versions of them may show it too."""

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="guideline_pictures")
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=40)
    storage_key = models.CharField(max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["GuidelinePicture"].as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "sha256"], name="guideline_picture_once")]


class Guideline(models.Model):
    """One version of what annotators are told to do, in Markdown."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="guidelines")
    version = models.IntegerField()
    text = models.TextField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "version"], name="guideline_version_once")]


class SavedViewQuerySet(ScopedQuerySet["SavedView"]):
    """Saved views."""

    def visible_to(self, actor: Actor) -> Self:
        """The caller's own, and those that others share."""
        return super().visible_to(actor).filter(models.Q(owner_id=actor.user_id) | models.Q(is_shared=True))

    def in_reach_of(self, actor: Actor) -> models.Q:
        """Those of lists beyond projects are seen by their owners whatever these reach."""
        return super().in_reach_of(actor) | models.Q(project=None, owner_id=actor.user_id)


class SavedView(models.Model):
    """What a person wants to see of a list again: search, filters, order, layout and columns, under a name.

    `list_key` is the key of the list in the front end; `project` is set for lists of one project. `query` has the
    parameters of the address that make the view, `hidden_columns` the columns of its table that are not shown.
    """

    organization_path: ClassVar[str] = "organization_id"
    project_path: ClassVar[str] = "project_id"
    may_stand_alone: ClassVar[bool] = True

    organization = models.ForeignKey("identity.Organization", on_delete=models.CASCADE, db_index=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    list_key = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    query = models.JSONField(default=dict)
    hidden_columns = ArrayField(models.CharField(max_length=40), null=True)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "list_key", "project", "name"], name="saved_view_of_list")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "organization", "list_key", "project", "name"],
                name="saved_view_name_once",
                nulls_distinct=False,
            )
        ]


class DefaultView(models.Model):
    """The view with which a list begins for a person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="default_of")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "view"], name="default_view_once")]
