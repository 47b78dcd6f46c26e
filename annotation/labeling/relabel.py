"""What a change of the labels does to the answers that are there: told before, done on wish."""

import uuid

from django.db import connection, transaction

from annotation.labeling.models import Annotation, Source, Task
from annotation.projects.models import Project
from annotation.projects.queries import current_schema
from annotation.projects.schemas import LabelEffect, SchemaPreview, What
from labelkit.annotations import ANNOTATION_TYPES, SchemaIn
from plateau.http.errors import Conflict

_COUNTS = """
SELECT label #>> '{}', count(DISTINCT t.id) FROM labeling_task t
JOIN labeling_annotation n ON n.id = t.annotation_id
CROSS JOIN LATERAL jsonb_path_query(n.value, %s::jsonpath) AS label
WHERE t.project_id = %s GROUP BY 1
"""
_BATCH = 1000


def answers_by_label(project: Project) -> dict[str, int]:
    """Resolved answers in which each label occurs."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [ANNOTATION_TYPES[project.kind].label_path, project.pk])
        return dict(cursor.fetchall())


def preview(project: Project, schema: SchemaIn) -> SchemaPreview:
    """What the next version would do: every label that comes, goes or changes, with the answers behind it."""
    counts = answers_by_label(project)
    before = {one["id"]: one for one in current_schema(project).labels}
    after = {one.id: one.model_dump() for one in schema.labels}
    effects = []
    for key in {**before, **after}:
        one, other = before.get(key), after.get(key)
        what: What
        if one is None or other is None:
            what = "added" if one is None else "removed"
        elif one["name"] != other["name"]:
            what = "renamed"
        elif any(one.get(field) != other.get(field) for field in ("shape", "skeleton")):
            what = "reshaped"
        else:
            continue
        name = (other or one or {})["name"]
        effects.append(LabelEffect(label=key, name=name, what=what, answers=counts.get(key, 0)))
    must_move = [one.label for one in effects if one.what == "removed" and one.answers]
    return SchemaPreview(effects=effects, answers=sum(counts.values()), must_move=must_move)


@transaction.atomic
def relabel(*, project: Project, moves: dict[str, str]) -> int:
    """Supersede every resolved answer that has a label to be moved; the old answers stay. Returns how many.

    Raises:
        Conflict: a class would move to nothing, which leaves its item without an answer.
    """
    kind = ANNOTATION_TYPES[project.kind]
    if kind.is_single_class and not all(moves.values()):
        raise Conflict("Each item has one class here: name the label that takes the place of the one that goes.")
    into = {label: new or None for label, new in moves.items()}
    changed, after = 0, 0
    while True:
        rows = Task.objects.filter(project=project, annotation__isnull=False, pk__gt=after).order_by("pk")
        tasks = list(rows.select_related("annotation")[:_BATCH])
        if not tasks:
            return changed
        after = tasks[-1].pk
        fresh = []
        for task in tasks:
            old = task.annotation
            if old is None or (value := kind.relabel(old.value, into)) == old.value:
                continue
            task.annotation = Annotation(
                project=project,
                task=task,
                user_id=old.user_id,
                client_id=uuid.uuid4(),
                source=Source.RELABELED,
                value=value,
                schema_version=project.schema_version,
                guideline_version=old.guideline_version,
                supersedes=old,
            )
            fresh.append(task)
        Annotation.objects.bulk_create([task.annotation for task in fresh if task.annotation])
        for task in fresh:
            task.annotation_id = task.annotation.pk if task.annotation else None
        Task.objects.bulk_update(fresh, ["annotation"], batch_size=500)
        changed += len(fresh)
