"""Taking items out for good, everywhere they went: the customer's right to have their data gone."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from plateau.access.scopes import Actor, system_actor
from plateau.audit.services import record
from plateau.datalake import hooks
from plateau.datalake.errors import DatasetNameTaken, ErasureInProgress, ItemNotInDataset
from plateau.datalake.hooks import Impact
from plateau.datalake.job_kinds import ERASE, ErasurePayload
from plateau.datalake.models import Asset, Dataset, ErasedFile, Erasure, Item
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running
from plateau.jobs.models import JobState
from plateau.jobs.queries import find_unfinished_jobs

CHUNK = 1000
RESTORABLE_DAYS = 30  # that what was deleted can be restored: datasets, and what stands above them
MOST_COUNTED = 100_000


def with_twins(*, organization_id: int, item_ids: list[int]) -> list[int]:
    """These items, and every other item of the organization that is the same picture, text, row or address."""
    own = Item.objects.filter(dataset__organization_id=organization_id)
    chosen = own.filter(pk__in=item_ids)
    assets = {asset for asset in chosen.values_list("asset_id", flat=True) if asset is not None}
    addresses = {uri for uri in chosen.values_list("uri", flat=True) if uri}
    twins = own.filter(Q(asset_id__in=assets) | Q(uri__in=addresses, dataset__in=_datasets(organization_id)))
    return sorted({*chosen.values_list("pk", flat=True), *twins.values_list("pk", flat=True)})


def _datasets(organization_id: int) -> list[int]:
    return list(Dataset.objects.filter(organization_id=organization_id).values_list("pk", flat=True))


def preview(*, actor: Actor, dataset: Dataset, item_ids: list[int]) -> tuple[int, Impact]:
    """How many items would go (the same pictures in other datasets with them), and what they are in.

    Raises:
        ItemNotInDataset: an item is not in the dataset.
    """
    _check(dataset, item_ids)
    ids = with_twins(organization_id=actor.organization_id, item_ids=item_ids)
    return len(ids), hooks.impact_of_erasure(ids)


def older_than(*, dataset: Dataset, retention_days: int) -> int:
    """How many items a dataset would lose within the hour, if it kept them for so many days; counted to 100,000."""
    return Item.objects.filter(dataset=dataset, created_at__lt=_begin(retention_days))[:MOST_COUNTED].count()


def _begin(retention_days: int) -> datetime:
    return timezone.now() - timedelta(days=retention_days)


def _check(dataset: Dataset, item_ids: list[int]) -> None:
    in_dataset = set(Item.objects.filter(dataset=dataset, pk__in=item_ids).values_list("pk", flat=True))
    missing = [pk for pk in item_ids if pk not in in_dataset]
    if missing:
        raise ItemNotInDataset(missing[0])


@transaction.atomic
def submit_erasure(
    *, actor: Actor, dataset: Dataset, reason: str, item_ids: list[int] | None = None, before: datetime | None = None
) -> Erasure:
    """Have a worker erase items; it cannot be undone.

    Raises:
        ItemNotInDataset: an item is not in the dataset.
        ErasureInProgress: items of this dataset are being erased.
    """
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    _check(dataset, item_ids or [])
    if find_unfinished_jobs(ERASE, dataset=dataset.pk).exists():
        raise ErasureInProgress
    row = Erasure.objects.create(
        organization_id=actor.organization_id,
        dataset=dataset,
        item_ids=item_ids or [],
        before=before,
        reason=reason,
        created_by_id=actor.user_id or None,
    )
    row.job = jobs.submit(ERASE, ErasurePayload(erasure_id=row.pk), actor=actor, dataset_id=dataset.pk)
    row.save(update_fields=["job"])
    record(actor=actor, action="items.erasure_submitted", subject=row, dataset=dataset.pk, reason=reason)
    return row


def erase(running: Running[ErasurePayload]) -> dict[str, object]:
    """Handler of job kind `erase`: in transactions of 1,000 items, so that an attempt goes on where another stopped."""
    row = Erasure.objects.select_related("dataset").get(pk=running.payload.erasure_id)
    _delete_files(row)
    total = _left(row).count() + row.report.get("items", 0)
    while ids := list(_left(row).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        _erase_some(row, ids)
        _delete_files(row)
        running.report(done=row.report["items"], total=max(total, row.report["items"]), message=row.dataset.name)
    Erasure.objects.filter(pk=row.pk).update(item_ids=[])
    erased = {key: row.report.get(key, empty) for key, empty in (("items", 0), ("counts", {}), ("resources", []))}
    system = system_actor(row.organization_id, row.created_by_id or 0)
    record(actor=system, action="items.erased", subject=row, dataset=row.dataset_id, **erased)
    return {"items": erased["items"]}


def _left(row: Erasure) -> Any:
    items = Item.objects.filter(dataset_id=row.dataset_id)
    return items.filter(created_at__lt=row.before) if row.before else items.filter(pk__in=row.item_ids)


def _erase_some(row: Erasure, item_ids: list[int]) -> None:
    with transaction.atomic():
        ids = with_twins(organization_id=row.organization_id, item_ids=item_ids)
        items = Item.objects.select_for_update().filter(pk__in=ids)
        assets = list(Asset.objects.filter(pk__in=[item.asset_id for item in items.only("asset_id") if item.asset_id]))
        impact = Impact(dict(row.report.get("counts", {})), list(row.report.get("resources", [])))
        impact.add(hooks.impact_of_erasure(ids))
        keys = hooks.erase_everywhere(ids)
        items.delete()
        Asset.objects.filter(pk__in=[asset.pk for asset in assets]).delete()
        for asset in assets:
            keys += [key for key in (asset.storage_key, asset.display_key, asset.thumbnail_key) if key]
            if asset.has_tiles:
                keys.append(f"{asset.storage_key}.tiles/")
        ErasedFile.objects.bulk_create([ErasedFile(sha256=asset.sha256) for asset in assets])
        row.files = list(dict.fromkeys([*row.files, *keys]))
        row.report = {
            "items": row.report.get("items", 0) + len(ids),
            "counts": impact.counts,
            "resources": impact.resources,
        }
        row.save(update_fields=["files", "report"])


def _delete_files(row: Erasure) -> None:
    for key in row.files:
        parts = key.split("/")
        if (
            parts[0] == "assets"
            and Asset.objects.filter(
                organization_id=row.organization_id, sha256=parts[-1 if parts[-1] else -2][:64]
            ).exists()
        ):
            continue  # the same file came in again meanwhile
        if key.endswith("/"):
            with suppress(FileNotFoundError):
                for name in default_storage.listdir(key)[1]:
                    default_storage.delete(key + name)
        else:
            default_storage.delete(key)
    row.files = []
    row.save(update_fields=["files"])


def retry_failed() -> int:
    """Give erasures that stopped half way, as where the storage was away, another job; how many.

    One that was cancelled, or whose job was deleted, erases no further items; the files of those that are gone already
    go all the same.
    """
    failed = Q(job__state=JobState.FAILED) & ~Q(item_ids=[], files=[])
    unfinished = (Q(job__state=JobState.CANCELLED) | Q(job=None)) & ~Q(files=[])
    rows = Erasure.objects.filter(failed | unfinished).select_related("job")
    for row in rows:
        with transaction.atomic():
            if row.job is None or row.job.state == JobState.CANCELLED:
                row.item_ids, row.before = [], None
            system = system_actor(row.organization_id)
            payload = ErasurePayload(erasure_id=row.pk)
            row.job = jobs.submit(ERASE, payload, actor=system, dataset_id=row.dataset_id)
            row.save(update_fields=["job", "item_ids", "before"])
    return len(rows)


@transaction.atomic
def change_dataset(
    *,
    actor: Actor,
    dataset: Dataset,
    name: str | None,
    note: str | None,
    retention_days: int | None,
    sets_retention: bool,
) -> Dataset:
    """Change a dataset's name or note and, where `sets_retention`, for how many days its items are kept.

    None keeps the name or the note as it is, and items for good.

    Raises:
        DatasetNameTaken: the organization has another dataset of this name.
    """
    if name is not None and name != dataset.name:
        if namesake := Dataset.objects.filter(organization_id=dataset.organization_id, name=name).first():
            raise DatasetNameTaken(name, is_deleted=namesake.deleted_at is not None)
        dataset.name = name
    if note is not None:
        dataset.note = note
    if sets_retention:
        dataset.retention_days = retention_days
    dataset.save(update_fields=["name", "note", "retention_days"])
    record(
        actor=actor, action="dataset.changed", subject=dataset, name=dataset.name, retention_days=dataset.retention_days
    )
    return dataset


def erase_expired() -> int:
    """Submit the erasure of items that were kept as long as their dataset says, or whose dataset was deleted
    `RESTORABLE_DAYS` ago; how many datasets had some."""
    submitted = 0
    for dataset in Dataset.objects.filter(deleted_at__lt=_begin(RESTORABLE_DAYS), item_count__gt=0):
        with suppress(ErasureInProgress):
            system = system_actor(dataset.organization_id)
            submit_erasure(
                actor=system,
                dataset=dataset,
                reason=f"dataset deleted {RESTORABLE_DAYS} days ago",
                before=timezone.now(),
            )
            submitted += 1
    for dataset in Dataset.objects.filter(retention_days__isnull=False):
        before = _begin(dataset.retention_days or 0)
        if not Item.objects.filter(dataset=dataset, created_at__lt=before).exists():
            continue
        system = system_actor(dataset.organization_id)
        with suppress(ErasureInProgress):
            submit_erasure(actor=system, dataset=dataset, reason=f"kept {dataset.retention_days} days", before=before)
            submitted += 1
    return submitted
