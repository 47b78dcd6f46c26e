"""When items are erased: their tasks go, with every answer, draft, remark and lease."""

from collections import Counter

from django.db.models import F

from annotation.labeling.models import Annotation, Task, TaskState
from annotation.labeling.seats import count_moves
from annotation.projects.models import Project
from plateau.datalake.hooks import Reach


def reach(item_ids: list[int]) -> Reach:
    """How many tasks and labels there are of these items."""
    tasks = Task.objects.filter(item_id__in=item_ids)
    return Reach({"tasks": tasks.count(), "labels": Annotation.objects.filter(task__in=tasks).count()})


def erase(item_ids: list[int]) -> list[str]:
    """Delete the tasks; projects count what they have left."""
    tasks = Task.objects.filter(item_id__in=item_ids)
    held = list(tasks.select_for_update().values_list("project_id", "state"))
    moves = Counter(held)
    for project_id in sorted({project_id for project_id, _ in held}):
        gone = {state: -moves[project_id, state] for state in TaskState.values}
        count_moves(project_id=project_id, user_id=None, moves=gone)
    Project.objects.filter(pk__in={project_id for project_id, _ in held}).update(queue_epoch=F("queue_epoch") + 1)
    tasks.update(state=TaskState.OPEN, annotation=None)  # a task that is done must have its answer
    tasks.delete()
    return []
