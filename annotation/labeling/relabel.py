"""What a change of the labels does to existing annotations: previewed, then applied."""

import uuid
from typing import Any

from django.db import connection, transaction

from annotation.labeling.errors import ReplacementLabelRequired
from annotation.labeling.models import Annotation, Source, Task
from annotation.projects.models import Project
from annotation.projects.queries import current_schema
from annotation.projects.schemas import LabelChange, LabelEffect, SchemaPreview
from labelkit.annotations import SchemaIn

_COUNTS = """
SELECT label #>> '{}', count(DISTINCT t.id) FROM labeling_task t
JOIN labeling_annotation n ON n.id = t.annotation_id
CROSS JOIN LATERAL jsonb_path_query(n.value, %s::jsonpath) AS label
WHERE t.project_id = %s GROUP BY 1
"""
_BATCH = 1000


def count_annotations_by_label(project: Project) -> dict[str, int]:
    """Number of resolved labels in which each label id occurs."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [project.annotation_type.label_path, project.pk])
        return dict(cursor.fetchall())


def preview(project: Project, schema: SchemaIn) -> SchemaPreview:
    """Every label that comes, goes or changes with the next version, with how many resolved labels have it."""
    counts = count_annotations_by_label(project)
    current_labels = {label["id"]: label for label in current_schema(project).labels}
    new_labels = {label.id: label.model_dump() for label in schema.labels}
    effects = []
    for label_id in {**current_labels, **new_labels}:
        current, new = current_labels.get(label_id), new_labels.get(label_id)
        effect = _label_change(current, new)
        if effect is not None:
            name = (new or current or {})["name"]
            count = counts.get(label_id, 0)
            effects.append(LabelEffect(label=label_id, name=name, effect=effect, annotation_count=count))
    must_move = [effect.label for effect in effects if effect.effect == "removed" and effect.annotation_count]
    return SchemaPreview(effects=effects, annotation_count=sum(counts.values()), must_move=must_move)


def _label_change(current: dict[str, Any] | None, new: dict[str, Any] | None) -> LabelChange | None:
    if current is None or new is None:
        return "added" if current is None else "removed"
    if current["name"] != new["name"]:
        return "renamed"
    if any(current.get(field) != new.get(field) for field in ("shape", "skeleton")):
        return "reshaped"
    return None


@transaction.atomic
def relabel(*, project: Project, moves: dict[str, str]) -> int:
    """Supersede every resolved label that has a label id to be moved; the old annotations stay. Returns how many.

    Raises:
        ReplacementLabelRequired: a class would move to nothing, which leaves its item without a label.
    """
    annotation_type = project.annotation_type
    if annotation_type.is_single_class and not all(moves.values()):
        raise ReplacementLabelRequired("Each item has one class here: name the label that replaces the removed one.")
    replacements = {label: replacement or None for label, replacement in moves.items()}
    changed_count, last_task_id = 0, 0
    while True:
        rows = Task.objects.filter(project=project, annotation__isnull=False, pk__gt=last_task_id).order_by("pk")
        tasks = list(rows.select_related("annotation")[:_BATCH])
        if not tasks:
            return changed_count
        last_task_id = tasks[-1].pk
        changed_tasks = []
        for task in tasks:
            resolved = task.annotation
            if resolved is None:
                continue
            value = annotation_type.relabel(resolved.value, replacements)
            if value == resolved.value:
                continue
            task.annotation = Annotation(
                project=project,
                task=task,
                user_id=resolved.user_id,
                client_id=uuid.uuid4(),
                source=Source.RELABELED,
                value=value,
                schema_version=project.schema_version,
                guideline_version=resolved.guideline_version,
                supersedes=resolved,
            )
            changed_tasks.append(task)
        Annotation.objects.bulk_create([task.annotation for task in changed_tasks if task.annotation])
        for task in changed_tasks:
            task.annotation_id = task.annotation.pk if task.annotation else None
        Task.objects.bulk_update(changed_tasks, ["annotation"], batch_size=500)
        changed_count += len(changed_tasks)
