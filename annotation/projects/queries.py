"""Reading projects."""

from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from annotation.projects.models import Guideline, LabelSchema, Project
from annotation.projects.schemas import QueueSettings
from labelkit.annotations import AnnotationType
from labelkit.annotations.base import Schema
from labelkit.geometries.base import Frame
from labelkit.validation import InvalidValue
from plateau.http.errors import InvalidInput


def current_schema(project: Project) -> LabelSchema:
    """The labels in force."""
    return project.schemas.get(version=project.schema_version)


def current_guideline(project: Project) -> Guideline:
    """The guideline in force."""
    return project.guidelines.get(version=project.guideline_version)


@lru_cache(maxsize=4096)
def get_label_schema(project_id: int, version: int) -> Schema:
    """Labels and attributes of a schema version; cached, because a version never changes."""
    row = LabelSchema.objects.get(project_id=project_id, version=version)
    return Schema.of(row.version, row.labels, row.attributes)


def dataset_ids_of(project: Project) -> list[int]:
    """The datasets whose items a project labels, its own one first."""
    return [project.dataset_id, *project.added_datasets.order_by("pk").values_list("pk", flat=True)]


def projects_on(dataset_id: int) -> "QuerySet[Project]":
    """Projects that label a dataset, archived ones too."""
    added = Project.added_datasets.through.objects.filter(dataset_id=dataset_id)
    return Project.objects.filter(Q(dataset_id=dataset_id) | Q(pk__in=added.values("project_id")))


def names_of_active_projects_on(dataset_id: int) -> list[str]:
    """Names of the projects, by name, that label a dataset and are not archived."""
    return list(projects_on(dataset_id).filter(archived_at=None).order_by("name").values_list("name", flat=True))


def is_archived(project_id: int) -> bool:
    """Whether a project is archived."""
    return Project.objects.filter(pk=project_id, archived_at__isnull=False).exists()


def queue_settings_of(project: Project) -> QueueSettings:
    """The settings of a project's queue."""
    fields = {name: getattr(project, name) for name in QueueSettings.model_fields if name != "teams"}
    teams = list(project.teams.order_by("pk").values_list("pk", flat=True))
    return QueueSettings(**fields, teams=teams)


def checked_value(annotation_type: AnnotationType, value: object, *, schema: Schema, frame: Frame) -> dict[str, object]:
    """The value of an annotation in the one canonical form of its type.

    Raises:
        InvalidInput: it is none of this type, uses an unknown label, or leaves the picture or text.
    """
    try:
        checked: dict[str, Any] = annotation_type.validate(value, schema=schema, frame=frame)
    except InvalidValue as error:
        raise InvalidInput(error.detail, error.errors) from error
    return checked
