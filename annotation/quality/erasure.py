"""When items are erased: what reviewers said of their labels goes before the labels do."""

from annotation.labeling.models import Task
from annotation.quality.models import GoldItem, Review
from plateau.datalake.hooks import Reach


def reach(item_ids: list[int]) -> Reach:
    """How many reviews and gold items there are of these items."""
    reviews = Review.objects.filter(task__item_id__in=item_ids).count()
    return Reach({"reviews": reviews, "gold": GoldItem.objects.filter(task__item_id__in=item_ids).count()})


def erase(item_ids: list[int]) -> list[str]:
    """Delete the reviews: one that fixed a label may not outlive it. The rest goes with the tasks."""
    tasks = Task.objects.filter(item_id__in=item_ids).order_by("pk")
    held = list(tasks.select_for_update().values_list("pk", flat=True))  # before the counts, as a review does
    Review.objects.filter(task_id__in=held).delete()
    return []
