"""Pictures that a deployment was unsure of, on their way into the project's queue."""

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from annotation.labeling.models import Prelabel, Task
from annotation.labeling.services import sync_tasks
from annotation.projects.models import Project
from plateau.datalake.images import BadFile
from plateau.datalake.models import Item
from plateau.datalake.services import add_items, keep_asset
from plateau.datalake.sources import Entry
from registry.deployments.models import Feedback

BATCH = 50


def take_in() -> int:
    """Take waiting pictures into their projects' datasets, with the model's answer as a hidden proposal.

    Hidden, because what people say about these pictures measures the model: shown, it would lead them. A picture that
    is there already is used as it is; one that cannot be read is set aside with the reason. What came for a project
    before it was archived waits until that is restored.
    """
    done = 0
    for _ in range(BATCH):
        with transaction.atomic():
            waiting = Feedback.objects.filter(taken_at=None, deployment__project__archived_at=None).select_for_update(
                skip_locked=True, of=("self",)
            )
            row = waiting.select_related("deployment__project", "version").order_by("pk").first()
            if row is None:
                return done
            _take(row)
        default_storage.delete(row.storage_key)
        done += 1
    return done


def _take(row: Feedback) -> None:
    project = row.deployment.project
    row.taken_at = timezone.now()
    try:
        with default_storage.open(row.storage_key) as file:
            asset = keep_asset(organization_id=project.organization_id, data=file.read())
    except (BadFile, FileNotFoundError) as error:
        row.problem = str(error)[:300] or "unreadable"
        row.save(update_fields=["taken_at", "problem"])
        return
    items = Item.objects.filter(dataset_id=project.dataset_id, asset=asset)
    item = items.first()
    if item is None:
        name = f"{row.deployment.name}/{row.pk}"
        add_items(dataset_id=project.dataset_id, rows=[(Entry(name, meta={"deployment": row.deployment.name}), asset)])
        sync_tasks(project.dataset_id)
        item = items.first()
    row.item = item
    row.save(update_fields=["taken_at", "item"])
    task = Task.objects.filter(project=project, item=item).first()
    if task is not None and task.given == 0:
        Prelabel.objects.get_or_create(
            task=task,
            defaults={
                "value": row.value or {"label": row.label},
                "score": round(row.confidence, 4),
                "model": f"{row.version.name} {row.version.version}",
                "hidden": True,
            },
        )
        # Unsure pictures teach the most: they come before the rest.
        if row.why == "unsure":
            Task.objects.filter(pk=task.pk).update(position=-1.0 + row.confidence)
            Project.objects.filter(pk=project.pk).update(queue_epoch=F("queue_epoch") + 1)
