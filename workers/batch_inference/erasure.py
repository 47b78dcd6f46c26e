"""Erasure: predictions for erased items leave batch predictions, and so does feedback of deployments."""

from django.db.models import Q

from plateau.datalake.hooks import Impact
from plateau.datalake.models import Item
from plateau.datalake.tables import rows_of, without
from registry.deployments.models import BatchPrediction, Feedback


def _batch_predictions(item_ids: list[int]) -> list[BatchPrediction]:
    """Batch predictions over the datasets of these items, and so perhaps over the items."""
    datasets = Item.objects.filter(pk__in=item_ids).values("dataset_id").distinct()
    has_files = Q(last_item_id__gte=min(item_ids, default=0)) & (~Q(result_key="") | ~Q(part_keys=[]))
    rows = BatchPrediction.objects.filter(has_files, dataset_id__in=datasets)
    return list(rows.select_related("project").order_by("pk"))


def _file_keys(batch: BatchPrediction) -> list[str]:
    return [batch.result_key] if batch.result_key else list(batch.part_keys)


def impact_of(item_ids: list[int]) -> Impact:
    """Batch predictions and feedback that hold these items."""
    holders = []
    for batch in _batch_predictions(item_ids):
        item_count = sum(rows_of(key, item_ids) for key in _file_keys(batch))
        if item_count:
            holders.append(
                {
                    "kind": "predictions",
                    "id": batch.pk,
                    "project_id": batch.project_id,
                    "title": f"{batch.project.name} #{batch.pk}",
                    "items": item_count,
                }
            )
    return Impact({"feedback": Feedback.objects.filter(item_id__in=item_ids).count()}, holders)


def erase(item_ids: list[int]) -> list[str]:
    """Write predictions anew without these items, and delete their feedback; returns keys of files to delete."""
    Feedback.objects.filter(item_id__in=item_ids).delete()
    obsolete_keys: list[str] = []
    for affected in _batch_predictions(item_ids):
        batch = BatchPrediction.objects.select_for_update().get(pk=affected.pk)
        new_keys = {key: new_key for key in _file_keys(batch) if (new_key := without(key, item_ids)) != key}
        if new_keys:
            obsolete_keys += new_keys
            batch.part_keys = [new_keys.get(key, key) for key in batch.part_keys]
            batch.result_key = new_keys.get(batch.result_key, batch.result_key)
            batch.save(update_fields=["part_keys", "result_key"])
    return obsolete_keys
