"""When items are erased: their tasks go, with every annotation, draft, comment and lease."""

from collections import Counter

from django.db.models import F

from annotation.labeling.memberships import record_state_changes
from annotation.labeling.models import Annotation, Task, TaskState
from annotation.projects.models import Project
from plateau.datalake.hooks import Impact


def impact_of(item_ids: list[int]) -> Impact:
    """How many tasks and labels there are of these items."""
    tasks = Task.objects.filter(item_id__in=item_ids)
    return Impact({"tasks": tasks.count(), "labels": Annotation.objects.filter(task__in=tasks).count()})


def erase(item_ids: list[int]) -> list[str]:
    """Delete the tasks; projects count what they have left."""
    tasks = Task.objects.filter(item_id__in=item_ids)
    counts = Counter(tasks.select_for_update().values_list("project_id", "state"))
    project_ids = sorted({project_id for project_id, _ in counts})
    for project_id in project_ids:
        changes = {state: -counts[project_id, state] for state in TaskState.values}
        record_state_changes(project_id=project_id, user_id=None, changes=changes)
    Project.objects.filter(pk__in=project_ids).update(queue_version=F("queue_version") + 1)
    tasks.update(state=TaskState.OPEN, annotation=None)  # a task that is done must have its annotation
    tasks.delete()
    return []
