"""Making and changing projects."""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from annotation.projects.errors import DatasetAlreadyAdded, LabelInUse, ProjectNameTaken, ProjectNotArchived
from annotation.projects.models import Guideline, GuidelinePicture, LabelSchema, Project, Team
from annotation.projects.queries import dataset_ids_of, queue_settings_of
from annotation.projects.schemas import QueueSettings
from labelkit.annotations import AnnotationType, SchemaIn
from labelkit.media import MEDIA_TYPES, UnreadableFile
from labelkit.messages import Message, in_field
from labelkit.project_types import PROJECT_TYPES
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.datalake.errors import DatasetDeleted
from plateau.datalake.models import Dataset
from plateau.http.errors import InvalidInput, ProjectArchived

MAX_PICTURE_BYTES = 8 << 20
MAX_PICTURE_PIXELS = 40_000_000


@transaction.atomic
def create_project(
    *,
    actor: Actor,
    dataset: Dataset,
    name: str,
    kind: str,
    schema: SchemaIn,
    guideline: str = "",
    note: str = "",
    target: float | None = None,
) -> Project:
    """Create a project with the first version of its labels and guidelines.

    `kind` is the key of its project type, whose defaults it begins with.

    Raises:
        ProjectNameTaken: the organization has a project of this name.
    """
    _check_name(actor, name)
    project_type = PROJECT_TYPES[kind]
    project = Project.objects.create(
        organization_id=actor.organization_id,
        dataset=dataset,
        name=name,
        kind=kind,
        note=note,
        target=project_type.target if target is None else target,
        min_agreement=project_type.min_agreement,
        created_by_id=actor.user_id or None,
    )
    _check_shapes(project_type.annotation_type, schema)
    _add_schema(actor, project, schema, version=1)
    _add_guideline(actor, project, guideline, version=1)
    record(actor=actor, action="project.created", subject=project, name=name, kind=kind)
    return project


def _check_name(actor: Actor, name: str) -> None:
    namesake = Project.objects.filter(organization_id=actor.organization_id, name=name).first()
    if namesake is not None:
        raise ProjectNameTaken(name, is_archived=namesake.archived_at is not None)


def _add_schema(actor: Actor, project: Project, schema: SchemaIn, *, version: int) -> LabelSchema:
    project.schema_version = version
    project.save(update_fields=["schema_version"])
    return LabelSchema.objects.create(
        project=project,
        version=version,
        labels=[label.model_dump() for label in schema.labels],
        attributes=[attribute.model_dump() for attribute in schema.attributes],
        created_by_id=actor.user_id or None,
    )


def _check_shapes(annotation_type: AnnotationType, schema: SchemaIn) -> None:
    shapes = annotation_type.geometries
    for number, label in enumerate(schema.labels):
        message = ""
        if label.shape and label.shape not in shapes:
            message = Message("this project type has no shape “{shape}”", shape=label.shape)
        elif (
            "skeleton" in shapes and label.shape in ("", "skeleton") and len(shapes) == 1 and label.skeleton is None
        ) or (label.shape == "skeleton" and label.skeleton is None):
            message = "a keypoint label needs a skeleton: the names of its points"
        if message:
            field = f"labels.{number}"
            raise InvalidInput(in_field(field, message), [{"field": field, "message": message}])


def _add_guideline(actor: Actor, project: Project, text: str, *, version: int) -> Guideline:
    project.guideline_version = version
    project.save(update_fields=["guideline_version"])
    return Guideline.objects.create(project=project, version=version, text=text, created_by_id=actor.user_id or None)


def save_guideline_picture(*, actor: Actor, project: Project, data: bytes) -> GuidelinePicture:
    """Keep a picture for a project's guidelines, once; upright, and in a format that browsers show.

    Raises:
        InvalidInput: it is no picture, or too large.
    """
    if len(data) > MAX_PICTURE_BYTES:
        raise InvalidInput.in_field("file", Message("is larger than {limit} MiB", limit=MAX_PICTURE_BYTES >> 20))
    try:
        probe = MEDIA_TYPES["image"].probe(data, max_pixels=MAX_PICTURE_PIXELS)
    except UnreadableFile as error:
        raise InvalidInput.in_field("file", error.message) from error
    shown = data if probe.display is None else probe.display.data
    sha256 = hashlib.sha256(shown).hexdigest()
    existing = GuidelinePicture.objects.filter(project=project, sha256=sha256).first()
    if existing is not None:
        return existing
    key = default_storage.save(f"guidelines/{project.organization_id}/{project.pk}/{sha256}", ContentFile(shown))
    picture, is_new = GuidelinePicture.objects.get_or_create(
        project=project,
        sha256=sha256,
        defaults={
            "content_type": probe.display_type,
            "storage_key": key,
            "created_by_id": actor.user_id or None,
        },
    )
    if is_new:
        record(actor=actor, action="project.guideline_picture_added", subject=project, picture=picture.pk)
    else:
        default_storage.delete(key)
    return picture


@transaction.atomic
def change_schema(*, actor: Actor, project: Project, schema: SchemaIn, used: set[str]) -> LabelSchema:
    """The next version of the labels. `used` are the label ids in annotations that are not moved elsewhere.

    Raises:
        LabelInUse: a label that annotations have would be gone.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    _check_shapes(project.annotation_type, schema)
    if missing := sorted(used - schema.ids()):
        raise LabelInUse(missing[0])
    label_schema = _add_schema(actor, project, schema, version=project.schema_version + 1)
    record(actor=actor, action="project.label_schema_changed", subject=project, version=label_schema.version)
    return label_schema


@transaction.atomic
def change_project(
    *,
    actor: Actor,
    project: Project,
    name: str | None,
    note: str | None,
    target: float | None,
    guideline: str | None,
    archived: bool | None,
) -> Project:
    """Rename, set note and target, write the next version of the guidelines, archive or restore.

    Raises:
        ProjectNameTaken: the organization has a project of this name.
        ProjectArchived: it is, and it is not restored by this.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    if archived is False and project.archived_at is not None:
        project = restore(actor=actor, project=project)
    if (name, note, target, guideline) != (None, None, None, None):
        if project.archived_at is not None:
            raise ProjectArchived
        if name is not None and name != project.name:
            _check_name(actor, name)
            project.name = name
        project.note = project.note if note is None else note
        project.target = project.target if target is None else target
        project.save(update_fields=["name", "note", "target"])
        if guideline is not None:
            _add_guideline(actor, project, guideline, version=project.guideline_version + 1)
        record(actor=actor, action="project.changed", subject=project, name=project.name)
    if archived and project.archived_at is None:
        project = archive(actor=actor, project=project)
    return project


@transaction.atomic
def archive(*, actor: Actor, project: Project) -> Project:
    """Out of the lists: read-only, and no work on it begins. Jobs that were ordered before run to their end.

    Raises:
        ProjectArchived: it is already.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    if project.archived_at is not None:
        raise ProjectArchived
    project.archived_at = timezone.now()
    project.save(update_fields=["archived_at"])
    record(actor=actor, action="project.archived", subject=project, name=project.name)
    return project


@transaction.atomic
def restore(*, actor: Actor, project: Project) -> Project:
    """Back among the others, as it was. Tasks of items that came meanwhile follow by `labeling.services.sync_tasks`.

    Raises:
        ProjectNotArchived: it is not.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    if project.archived_at is None:
        raise ProjectNotArchived
    project.archived_at = None
    project.save(update_fields=["archived_at"])
    record(actor=actor, action="project.restored", subject=project, name=project.name)
    return project


@transaction.atomic
def set_queue_settings(*, actor: Actor, project: Project, queue_settings: QueueSettings, teams: list[Team]) -> None:
    """Set how the queue works; tasks follow by `labeling.services.apply_overlap`.

    `max_annotations_per_task` is raised to the overlap where it is lower.
    """
    if queue_settings.max_annotations_per_task < queue_settings.overlap:
        queue_settings = queue_settings.model_copy(update={"max_annotations_per_task": queue_settings.overlap})
    before = queue_settings_of(project).model_dump()
    fields = queue_settings.model_dump(exclude={"teams"})
    for name, value in fields.items():
        setattr(project, name, value)
    project.save(update_fields=list(fields))
    project.teams.set(teams)
    after = queue_settings.model_dump()
    changed = {name: after[name] for name in after if after[name] != before[name]}
    record(actor=actor, action="project.queue_settings_changed", subject=project, **changed)


@transaction.atomic
def add_dataset(*, actor: Actor, project: Project, dataset: Dataset) -> Project:
    """Have the items of one more dataset labeled; tasks are made by whoever calls.

    Raises:
        DatasetAlreadyAdded: they are already.
        DatasetDeleted: the dataset is deleted.
    """
    if dataset.deleted_at is not None:
        raise DatasetDeleted
    if dataset.pk in dataset_ids_of(project):
        raise DatasetAlreadyAdded(dataset.name)
    project.added_datasets.add(dataset)
    record(actor=actor, action="project.dataset_added", subject=project, dataset=dataset.pk, name=dataset.name)
    return project


@transaction.atomic
def remove_dataset(*, actor: Actor, project: Project, dataset: Dataset) -> Project:
    """No longer take new items of an added dataset in; tasks that there are stay. Nothing where it was not added."""
    if project.added_datasets.filter(pk=dataset.pk).exists():
        project.added_datasets.remove(dataset)
        record(actor=actor, action="project.dataset_removed", subject=project, dataset=dataset.pk, name=dataset.name)
    return project
