"""Images that deployments sent back, imported into the project's labeling queue."""

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from annotation.labeling.models import PreAnnotation, Task
from annotation.labeling.services import sync_tasks
from annotation.projects.models import Project
from labelkit.media import UnreadableFile
from plateau.datalake.models import Item
from plateau.datalake.services import add_items, save_asset
from plateau.datalake.sources import Entry
from registry.deployments.models import Feedback, FeedbackReason

MAX_IMAGES = 50


def import_pending_feedback() -> int:
    """Import pending images into their projects' datasets, with the prediction as a hidden pre-annotation.

    Hidden, because annotations of these images measure the model: shown, it would lead them. An image that the dataset
    has already is not added again; one that cannot be read is set aside with its error. What came for a project before
    it was archived waits until that is restored.

    Returns:
        How many images were imported or set aside.
    """
    imported_count = 0
    for _ in range(MAX_IMAGES):
        with transaction.atomic():
            pending = Feedback.objects.filter(imported_at=None, deployment__project__archived_at=None)
            pending = pending.select_for_update(skip_locked=True, of=("self",))
            feedback = pending.select_related("deployment__project", "version").order_by("pk").first()
            if feedback is None:
                return imported_count
            _import(feedback)
        default_storage.delete(feedback.storage_key)
        imported_count += 1
    return imported_count


def _import(feedback: Feedback) -> None:
    deployment, project = feedback.deployment, feedback.deployment.project
    feedback.imported_at = timezone.now()
    try:
        with default_storage.open(feedback.storage_key) as file:
            asset = save_asset(organization_id=project.organization_id, data=file.read())
    except (UnreadableFile, FileNotFoundError) as error:
        feedback.error = str(error)[:300] or "unreadable"
        feedback.save(update_fields=["imported_at", "error"])
        return
    items = Item.objects.filter(dataset_id=project.dataset_id, asset=asset)
    item = items.first()
    if item is None:
        entry = Entry(f"{deployment.name}/{feedback.pk}", meta={"deployment": deployment.name})
        add_items(dataset_id=project.dataset_id, rows=[(entry, asset)])
        sync_tasks(project.dataset_id)
        item = items.first()
    feedback.item = item
    feedback.save(update_fields=["imported_at", "item"])
    task = Task.objects.filter(project=project, item=item).first()
    if task is not None and task.annotation_count == 0:
        PreAnnotation.objects.get_or_create(
            task=task,
            defaults={
                "value": feedback.prediction or {"label": feedback.predicted_label},
                "score": round(feedback.confidence, 4),
                "model": f"{feedback.version.name} {feedback.version.version}",
                "is_hidden": True,
            },
        )
        # Unsure images teach the most: they come before the rest.
        if feedback.reason == FeedbackReason.LOW_CONFIDENCE:
            Task.objects.filter(pk=task.pk).update(position=-1.0 + feedback.confidence)
            Project.objects.filter(pk=project.pk).update(queue_version=F("queue_version") + 1)
