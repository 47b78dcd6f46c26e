"""What makes the quality screens worth a look: second opinions, a few gold items, a share for review.

The second person's slips are drawn with a fixed seed: one answer in ten goes to the class that people take it for.
"""

import random
import uuid

from annotation.labeling import queue
from annotation.labeling.models import Task
from annotation.labeling.services import apply_overlap
from annotation.projects import services as projects
from annotation.projects.models import Project
from annotation.projects.queries import queue_settings_of
from annotation.quality.models import GoldTask
from annotation.quality.services import set_gold_task
from plateau.access.scopes import Scope
from workers.demo.people import actor

OVERLAP = 0.03
GOLD = 8
_LOOKS_LIKE = {
    "Shirt": "T-shirt/top",
    "T-shirt/top": "Shirt",
    "Pullover": "Coat",
    "Coat": "Pullover",
    "Sneaker": "Ankle boot",
    "Ankle boot": "Sneaker",
    "Sandal": "Sneaker",
    "Dress": "Coat",
}


def use_rules(project: Project) -> None:
    """Two answers on a few tasks, a small share for review, gold items in the queue."""
    if project.overlap > 1:
        return
    queue_settings = queue_settings_of(project).model_copy(
        update={
            "overlap": 2,
            "overlap_fraction": OVERLAP,
            "max_annotations_per_task": 3,
            "review_fraction": 0.01,
            "hourly_cost": 25.0,
        }
    )
    projects.set_queue_settings(
        actor=actor(Scope.PROJECTS_WRITE), project=project, queue_settings=queue_settings, teams=[]
    )
    project.refresh_from_db()
    apply_overlap(project=project)


def _slug(name: str) -> str:
    return name.lower().replace("/", "-").replace(" ", "-")


def second_opinions(project: Project, names: dict[str, str]) -> None:
    """Another person answers the tasks that wait for a second answer; then some become gold items."""
    dice = random.Random(7)
    second = actor(Scope.LABELS_REVIEW)
    waiting = list(
        Task.objects.filter(project=project, state="open", annotation_count=1).select_related("item").order_by("pk")
    )
    for task in waiting:
        right = names[task.item.name]
        label = _LOOKS_LIKE.get(right, right) if dice.random() < 0.1 else right
        value = {"label": _slug(label)}
        queue.lease_task(actor=second, task_id=task.pk)
        queue.submit_annotation(actor=second, task_id=task.pk, value=value, client_id=uuid.uuid4(), active_ms=1500)
    if not GoldTask.objects.filter(task__project=project).exists():
        manager = actor(Scope.PROJECTS_WRITE)
        for task in Task.objects.filter(project=project, state="done").order_by("pk")[:GOLD]:
            set_gold_task(actor=manager, task=task, value=None, is_qualification=False)
