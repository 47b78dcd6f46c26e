"""Tasks and what people do with them."""

import uuid
from datetime import UTC, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from annotation.labeling.memberships import record_state_changes
from annotation.labeling.models import (
    Annotation,
    Comment,
    Draft,
    Lease,
    LeaseKind,
    PreAnnotation,
    ProjectMembership,
    Skip,
    Task,
)
from annotation.labeling.services import sync_tasks
from annotation.projects.models import Project
from annotation.projects.tests.factories import ProjectFactory
from labelkit.tests.pictures import make_png
from plateau.datalake.models import Item
from plateau.datalake.tests.factories import AssetFactory, ItemFactory
from plateau.identity.tests.factories import UserFactory

FAR_FUTURE = datetime(2100, 1, 1, tzinfo=UTC)


def default_value() -> dict[str, Any]:
    """An annotation value of the labels that a `ProjectFactory` gives."""
    return {"label": "apple"}


class ProjectWithTasksFactory(ProjectFactory):
    """A project whose dataset has `items` pictures with a task each; `items__side` is their side in pixels."""

    class Meta:
        skip_postgeneration_save = True

    @factory.post_generation  # what it decorates is called with the row
    def items(project: Project, create: bool, count: int | None, side: int = 32) -> None:
        Item.objects.bulk_create(
            Item(
                dataset_id=project.dataset_id,
                asset=AssetFactory(organization=project.organization, data=make_png(number, side=side)),
                name=f"{number}.png",
            )
            for number in range(1 if count is None else count)
        )
        sync_tasks(project.dataset_id)
        project.refresh_from_db(fields=["queue_version"])


class TaskFactory(DjangoModelFactory):
    """A task that the project's counts know of."""

    class Meta:
        model = Task

    project = factory.SubFactory(ProjectFactory)
    item = factory.SubFactory(ItemFactory, dataset=factory.SelfAttribute("..project.dataset"))
    shuffle = factory.Sequence(lambda number: number)

    @classmethod
    def _create(cls, model_class: type[Task], **values: Any) -> Task:
        task = model_class.objects.create(**values)
        record_state_changes(project_id=task.project_id, user_id=None, changes={task.state: 1})
        return task


class AnnotationFactory(DjangoModelFactory):
    """A row of a task's history; the task's own resolved label stays what it is."""

    class Meta:
        model = Annotation

    task = factory.SubFactory(TaskFactory)
    project = factory.SelfAttribute("task.project")
    client_id = factory.LazyFunction(uuid.uuid4)
    value = factory.LazyFunction(default_value)
    schema_version = factory.SelfAttribute("project.schema_version")
    guideline_version = factory.SelfAttribute("project.guideline_version")


class PreAnnotationFactory(DjangoModelFactory):
    class Meta:
        model = PreAnnotation

    task = factory.SubFactory(TaskFactory)
    value = factory.LazyFunction(default_value)
    model = "fruit 1"


class LeaseFactory(DjangoModelFactory):
    class Meta:
        model = Lease

    user = factory.SubFactory(UserFactory)
    task = factory.SubFactory(TaskFactory)
    kind = LeaseKind.ANNOTATION
    expires_at = FAR_FUTURE


class SkipFactory(DjangoModelFactory):
    class Meta:
        model = Skip

    task = factory.SubFactory(TaskFactory)
    user = factory.SubFactory(UserFactory)
    reason = "Unclear"


class DraftFactory(DjangoModelFactory):
    class Meta:
        model = Draft

    task = factory.SubFactory(TaskFactory)
    user = factory.SubFactory(UserFactory)
    value = factory.LazyFunction(default_value)
    revision = 1


class ProjectMembershipFactory(DjangoModelFactory):
    class Meta:
        model = ProjectMembership

    project = factory.SubFactory(ProjectFactory)
    user = factory.SubFactory(UserFactory)


class CommentFactory(DjangoModelFactory):
    class Meta:
        model = Comment

    task = factory.SubFactory(TaskFactory)
    text = "Is this a pear?"
