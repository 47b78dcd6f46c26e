"""When items are erased: versions that learned from them, or were judged by them, are flagged, here and in MLflow.

A model does not forget by this. Whoever must have it forget trains anew on the snapshot as it is now, and deletes the
version.
"""

import logging
from functools import partial

from django.db import transaction
from django.db.models import Count, F

from annotation.snapshots.models import SnapshotEntry
from plateau.datalake.hooks import Impact
from plateau.identity.models import User
from registry.mlflow_store import store
from registry.mlflow_store.erasure import erase_person as erase_person_in_mlflow
from registry.model_versions.models import ModelVersion, VersionState

logger = logging.getLogger(__name__)


def erase_person(user_id: int) -> None:
    """Take who made runs and models out of MLflow, which names them by address."""
    erase_person_in_mlflow(User.objects.get(pk=user_id).email)


ERASED_TAG = "plateau.erased_items"


def _items_by_snapshot(item_ids: list[int]) -> dict[int, int]:
    """How many of the items each snapshot has."""
    entries = SnapshotEntry.objects.filter(item_id__in=item_ids)
    return dict(entries.values_list("snapshot_id").annotate(n=Count("id")).order_by())


def _versions(snapshot_ids: list[int]) -> list[ModelVersion]:
    rows = ModelVersion.objects.filter(snapshot_id__in=snapshot_ids).exclude(state=VersionState.DELETED)
    return list(rows.only("pk", "project_id", "snapshot_id", "name", "version", "erased_items").order_by("pk"))


def impact_of(item_ids: list[int]) -> Impact:
    """The versions that were made from snapshots with these items."""
    numbers = _items_by_snapshot(item_ids)
    return Impact(
        resources=[
            {"kind": "model", "id": row.pk, "project_id": row.project_id, "items": numbers[row.snapshot_id or 0]}
            | {"title": f"{row.name} v{row.version}"}
            for row in _versions(list(numbers))
        ],
    )


def erase(item_ids: list[int]) -> list[str]:
    """Flag the versions."""
    numbers = _items_by_snapshot(item_ids)
    for row in _versions(list(numbers)):
        number = numbers[row.snapshot_id or 0]
        ModelVersion.objects.filter(pk=row.pk).update(erased_items=F("erased_items") + number)
        transaction.on_commit(partial(_tag_in_mlflow, row, row.erased_items + number))
    return []


def _tag_in_mlflow(row: ModelVersion, erased_items: int) -> None:
    try:
        store.set_tag(
            project_id=row.project_id, name=row.name, version=row.version, key=ERASED_TAG, value=str(erased_items)
        )
    except Exception:  # MLflow has no such version, or is away: our row says it all the same
        logger.exception("no tag on %s v%s", row.name, row.version)
