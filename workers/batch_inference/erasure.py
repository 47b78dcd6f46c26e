"""When items are erased: what models said of them goes from predictions, and from what deployments sent back."""

from django.db.models import Q

from plateau.datalake.hooks import Reach
from plateau.datalake.models import Item
from plateau.datalake.tables import rows_of, without
from registry.deployments.models import Batch, Feedback


def _batches(item_ids: list[int]) -> list[Batch]:
    """Batches over the datasets of these items, and so perhaps over the items."""
    datasets = Item.objects.filter(pk__in=item_ids).values("dataset_id").distinct()
    some = Q(last_item__gte=min(item_ids, default=0)) & (~Q(result_key="") | ~Q(parts=[]))
    return list(Batch.objects.filter(some, dataset_id__in=datasets).select_related("project").order_by("pk"))


def _files(batch: Batch) -> list[str]:
    return [batch.result_key] if batch.result_key else list(batch.parts)


def reach(item_ids: list[int]) -> Reach:
    """Predictions that name these items, and pictures that deployments sent back."""
    named = []
    for batch in _batches(item_ids):
        number = sum(rows_of(key, item_ids) for key in _files(batch))
        if number:
            title = f"{batch.project.name} #{batch.pk}"
            one = {"kind": "predictions", "id": batch.pk, "project_id": batch.project_id, "title": title}
            named.append(one | {"items": number})
    return Reach({"feedback": Feedback.objects.filter(item_id__in=item_ids).count()}, named)


def erase(item_ids: list[int]) -> list[str]:
    """Write predictions anew without these items; forget what was sent back."""
    Feedback.objects.filter(item_id__in=item_ids).delete()
    old: list[str] = []
    for one in _batches(item_ids):
        batch = Batch.objects.select_for_update().get(pk=one.pk)
        changed = {key: made for key in _files(batch) if (made := without(key, item_ids)) != key}
        if changed:
            old += changed
            batch.parts = [changed.get(key, key) for key in batch.parts]
            batch.result_key = changed.get(batch.result_key, batch.result_key)
            batch.save(update_fields=["parts", "result_key"])
    return old
