"""When items are erased: snapshots lose their rows, and say so; the hash stays that of what was frozen."""

from django.db.models import Count
from django.utils import timezone

from annotation.snapshots.models import Snapshot, SnapshotEntry, Split
from plateau.datalake.hooks import Impact
from plateau.datalake.tables import without


def impact_of(item_ids: list[int]) -> Impact:
    """The snapshots that have these items."""
    rows = Snapshot.objects.filter(entries__item_id__in=item_ids).annotate(n=Count("entries")).select_related("project")
    return Impact(
        resources=[
            {"kind": "snapshot", "id": row.pk, "project_id": row.project_id, "items": row.n}
            | {"title": f"{row.project.name} v{row.version}"}
            for row in rows.order_by("pk")
        ],
    )


def erase(item_ids: list[int]) -> list[str]:
    """Write each snapshot's manifest anew without these items; the old ones are to be deleted."""
    old: list[str] = []
    touched = SnapshotEntry.objects.filter(item_id__in=item_ids).values("snapshot_id").distinct()
    for snapshot in Snapshot.objects.select_for_update().filter(pk__in=touched).order_by("pk"):
        entries = SnapshotEntry.objects.filter(snapshot=snapshot, item_id__in=item_ids)
        test_count = entries.filter(split=Split.TEST).count()
        count, _ = entries.delete()
        snapshot.item_count -= count
        snapshot.test_count -= test_count
        snapshot.train_count -= count - test_count
        snapshot.erased_count += count
        snapshot.erased_at = timezone.now()
        if snapshot.manifest_key:
            old.append(snapshot.manifest_key)
            snapshot.manifest_key = without(snapshot.manifest_key, item_ids)
        snapshot.save(
            update_fields=["item_count", "test_count", "train_count", "erased_count", "erased_at", "manifest_key"]
        )
    return old
