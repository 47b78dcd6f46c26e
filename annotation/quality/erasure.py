"""When items are erased: reviews of their labels are deleted before the labels are."""

from annotation.labeling.models import Task
from annotation.quality.models import GoldTask, Review
from plateau.datalake.hooks import Impact


def impact_of(item_ids: list[int]) -> Impact:
    """How many reviews and gold tasks there are of these items."""
    reviews = Review.objects.filter(task__item_id__in=item_ids).count()
    return Impact({"reviews": reviews, "gold": GoldTask.objects.filter(task__item_id__in=item_ids).count()})


def erase(item_ids: list[int]) -> list[str]:
    """Delete the reviews: one that corrected a label may not outlive it. The rest goes with the tasks."""
    tasks = Task.objects.filter(item_id__in=item_ids).order_by("pk")
    task_ids = list(tasks.select_for_update().values_list("pk", flat=True))  # before the counts, as a review does
    Review.objects.filter(task_id__in=task_ids).delete()
    return []
