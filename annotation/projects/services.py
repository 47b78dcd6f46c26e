"""Making and changing projects."""

from django.db import transaction
from django.utils import timezone
from plateau.audit.services import record
from plateau.datalake.models import Dataset
from plateau.kernel.errors import Conflict
from plateau.kernel.scopes import Actor

from annotation.projects.kinds import SchemaIn
from annotation.projects.models import Guideline, LabelSchema, Project


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
    target: float = 0.9,
) -> Project:
    """A project with the first version of its labels and guidelines.

    Raises:
        Conflict: the name is taken.
    """
    if Project.objects.visible_to(actor).filter(name=name).exists():
        raise Conflict(f"There is a project named “{name}” already.")
    project = Project.objects.create(
        organization_id=actor.organization_id,
        dataset=dataset,
        name=name,
        kind=kind,
        note=note,
        target=target,
        created_by_id=actor.user_id or None,
    )
    _add_schema(actor, project, schema, version=1)
    _add_guideline(actor, project, guideline, version=1)
    record(actor=actor, action="project.created", subject=project, name=name, kind=kind)
    return project


def _add_schema(actor: Actor, project: Project, schema: SchemaIn, *, version: int) -> LabelSchema:
    labels = [label.model_dump() for label in schema.labels]
    return LabelSchema.objects.create(
        project=project, version=version, labels=labels, created_by_id=actor.user_id or None
    )


def _add_guideline(actor: Actor, project: Project, text: str, *, version: int) -> Guideline:
    return Guideline.objects.create(project=project, version=version, text=text, created_by_id=actor.user_id or None)


@transaction.atomic
def change_schema(*, actor: Actor, project: Project, schema: SchemaIn, used: set[str]) -> LabelSchema:
    """The next version of the labels. `used` are the label ids in answers given so far.

    Raises:
        Conflict: a label with answers would vanish.
    """
    Project.objects.select_for_update().get(pk=project.pk)
    if lost := sorted(used - schema.ids()):
        raise Conflict(f"The label {lost[0]!r} has answers, so it cannot be taken away. Rename it instead.")
    latest = project.schemas.order_by("-version").values_list("version", flat=True).first() or 0
    made = _add_schema(actor, project, schema, version=latest + 1)
    record(actor=actor, action="project.labels_changed", subject=project, version=made.version)
    return made


@transaction.atomic
def change_project(
    *,
    actor: Actor,
    project: Project,
    name: str | None,
    target: float | None,
    guideline: str | None,
    archived: bool | None,
) -> Project:
    """Rename, set the target, write the next version of the guidelines, archive or take back.

    Raises:
        Conflict: the name is taken.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    if name is not None and name != project.name:
        if Project.objects.visible_to(actor).filter(name=name).exists():
            raise Conflict(f"There is a project named “{name}” already.")
        project.name = name
    project.target = project.target if target is None else target
    if archived is not None:
        project.archived_at = timezone.now() if archived else None
    project.save(update_fields=["name", "target", "archived_at"])
    if guideline is not None:
        latest = project.guidelines.order_by("-version").values_list("version", flat=True).first() or 0
        _add_guideline(actor, project, guideline, version=latest + 1)
    record(actor=actor, action="project.changed", subject=project, name=project.name, archived=bool(archived))
    return project
