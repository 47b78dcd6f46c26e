"""Bringing data in."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from labelkit.media import MEDIA_TYPES, MediaType, Probe, UnreadableFile
from labelkit.messages import Message, in_field
from plateau.access.scopes import Actor, system_actor
from plateau.audit.services import record
from plateau.datalake import hooks, imported
from plateau.datalake.errors import (
    DatasetDeleted,
    DatasetInUse,
    DatasetNameTaken,
    DatasetNotDeleted,
    NothingIngested,
    UploadEmpty,
    UploadStarted,
)
from plateau.datalake.job_kinds import INGEST, IngestPayload
from plateau.datalake.lines import Entry
from plateau.datalake.models import (
    Asset,
    BatchState,
    Dataset,
    IngestBatch,
    IngestFinding,
    Item,
    StagedFile,
    StorageSource,
)
from plateau.datalake.sources import Limits, entries
from plateau.http.errors import InvalidInput
from plateau.identity.models import Organization
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running
from plateau.jobs.models import JobState
from plateau.quotas.items import adding_items
from plateau.texts.fields import shortened

CHUNK = 50
ABANDONED_UPLOAD = timedelta(days=14)


def _limits() -> Limits:
    return Limits(
        file_bytes=settings.MAX_FILE_BYTES, zip_entries=settings.MAX_ZIP_ENTRIES, zip_bytes=settings.MAX_ZIP_BYTES
    )


@transaction.atomic
def create_dataset(*, actor: Actor, name: str, note: str = "") -> Dataset:
    """A new, empty dataset.

    Raises:
        DatasetNameTaken: the organization has a dataset of this name.
    """
    if namesake := Dataset.objects.filter(organization_id=actor.organization_id, name=name).first():
        raise DatasetNameTaken(name, is_deleted=namesake.deleted_at is not None)
    dataset = Dataset.objects.create(organization_id=actor.organization_id, name=name, note=note)
    record(actor=actor, action="dataset.created", subject=dataset, name=name)
    return dataset


@transaction.atomic
def delete_dataset(*, actor: Actor, dataset: Dataset) -> Dataset:
    """Take a dataset out of the lists; it can be restored until its items are erased.

    Raises:
        DatasetInUse: projects that are not archived label it.
        DatasetDeleted: it is deleted already.
    """
    dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
    if dataset.deleted_at is not None:
        raise DatasetDeleted
    if users := hooks.users_of_dataset(dataset.pk):
        raise DatasetInUse(users)
    dataset.deleted_at = timezone.now()
    dataset.save(update_fields=["deleted_at"])
    record(actor=actor, action="dataset.deleted", subject=dataset, name=dataset.name, items=dataset.item_count)
    return dataset


@transaction.atomic
def restore_dataset(*, actor: Actor, dataset: Dataset) -> Dataset:
    """Put a deleted dataset back into the lists, with the items that are not erased.

    Raises:
        DatasetNotDeleted: it is not deleted.
    """
    dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
    if dataset.deleted_at is None:
        raise DatasetNotDeleted
    dataset.deleted_at = None
    dataset.save(update_fields=["deleted_at"])
    record(actor=actor, action="dataset.restored", subject=dataset, name=dataset.name)
    return dataset


def open_batch(*, actor: Actor, dataset: Dataset) -> IngestBatch:
    """An upload that files can be added to, until it is started.

    Raises:
        DatasetDeleted: the dataset takes nothing in.
    """
    if dataset.deleted_at is not None:
        raise DatasetDeleted
    return IngestBatch.objects.create(dataset=dataset, created_by_id=actor.user_id or None)


def checked_name(*, batch: IngestBatch, name: str, size: int) -> str:
    """The name that a file of an upload is kept under.

    Raises:
        UploadStarted: it takes no more files.
        InvalidInput: no name, or the file is larger than a zip may be.
    """
    if batch.current_state != BatchState.OPEN:
        raise UploadStarted
    name = name.replace("\x00", "").strip()[-500:]
    if not name:
        raise InvalidInput.in_field("name", "a file has no name")
    if size > settings.MAX_ZIP_BYTES:
        message = Message("{name} is larger than {limit} GiB", name=name, limit=settings.MAX_ZIP_BYTES >> 30)
        raise InvalidInput.in_field("size", message)
    return name


def stage_file(*, batch: IngestBatch, name: str, file: "File[Any]") -> StagedFile:
    """Keep a file as it was sent; the same name sent again replaces it, so an upload can be repeated.

    Raises:
        UploadStarted: it takes no more files.
        InvalidInput: no name, or the file is larger than a zip may be.
    """
    name = checked_name(batch=batch, name=name, size=file.size or 0)
    key = default_storage.save(f"staging/{batch.pk}/{uuid.uuid4().hex}", file)
    return save_staged_file(batch=batch, name=name, size=file.size or 0, key=key)


def save_staged_file(*, batch: IngestBatch, name: str, size: int, key: str) -> StagedFile:
    """Note a file that lies in the storage; one of the same name gives way."""
    staged, created = StagedFile.objects.get_or_create(
        batch=batch, name=name, defaults={"size": size, "storage_key": key}
    )
    if not created:
        default_storage.delete(staged.storage_key)
        staged.size, staged.storage_key, staged.entries_done, staged.finished = size, key, 0, False
        staged.save(update_fields=["size", "storage_key", "entries_done", "finished"])
    return staged


@transaction.atomic
def start_batch(*, actor: Actor, batch: IngestBatch) -> IngestBatch:
    """Hand the upload to a worker.

    Raises:
        UploadStarted: its job is under way, or took everything in.
        UploadEmpty: it has no files.
    """
    locked = IngestBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.current_state != BatchState.OPEN:
        raise UploadStarted
    if not locked.files.exists():
        raise UploadEmpty
    payload = IngestPayload(batch_id=locked.pk)
    locked.job = jobs.submit(INGEST, payload, actor=actor, dataset_id=locked.dataset_id)
    locked.state = BatchState.STARTED
    locked.save(update_fields=["job", "state"])
    record(actor=actor, action="ingest.started", subject=locked, files=locked.files.count())
    return locked


def delete_abandoned_uploads() -> int:
    """Delete uploads that were not started within `ABANDONED_UPLOAD`, with their files; how many.

    Of one whose job ended half way, what was taken in stays.
    """
    is_open = Q(job=None) | Q(job__state__in=(JobState.FAILED, JobState.CANCELLED))  # see `current_state`
    opened = IngestBatch.objects.filter(is_open, created_at__lt=timezone.now() - ABANDONED_UPLOAD)
    abandoned = list(opened.prefetch_related("files")[:1000])
    for batch in abandoned:
        for staged in batch.files.all():
            with suppress(OSError):
                default_storage.delete(staged.storage_key)
        if batch.added or batch.duplicates:
            batch.files.all().delete()
        else:
            batch.delete()
    return len(abandoned)


@dataclass
class _StoredEntry:
    """An entry whose files are stored and whose bytes are let go, waiting for its row; or why it was set aside."""

    entry: Entry
    asset: Asset | None = None
    refused: UnreadableFile | None = None


def ingest(running: Running[IngestPayload]) -> dict[str, object]:
    """Handler of job kind `ingest`: resumes where an earlier attempt stopped."""
    batch = IngestBatch.objects.select_related("dataset__organization").get(pk=running.payload.batch_id)
    waiting = list(batch.files.filter(finished=False).order_by("pk"))
    total = sum(staged.size for staged in batch.files.all())
    done = total - sum(staged.size for staged in waiting)
    for staged in waiting:
        for progress in ingest_file(batch=batch, staged=staged):
            running.report(done=done, total=total, message=in_field(staged.name, str(progress)))
        done += staged.size
        running.report(done=done, total=total, message=staged.name)
    hooks.items_added(batch.dataset_id)
    batch.refresh_from_db()
    if not batch.added and not batch.duplicates:
        raise NothingIngested(describe_findings(batch))
    return {"added": batch.added, "duplicates": batch.duplicates, "rejected": batch.rejected}


def describe_findings(batch: IngestBatch) -> str:
    """Why an upload brought nothing in, and what to do."""
    first = batch.findings.order_by("pk").first()
    if first is None:
        return "There was nothing to take in: the files hold no picture, text or row."
    reason = Message("Nothing was imported. {name}: {message}", name=shortened(first.name, 200), message=first.message)
    return (
        reason
        if batch.rejected == 1
        else Message(
            "{reason} Also rejected: {more:,}; see the reason for each.", reason=reason, more=batch.rejected - 1
        )
    )


def ingest_file(*, batch: IngestBatch, staged: StagedFile) -> Iterator[int]:
    """Take in one staged file, in transactions of 50 entries; yields the number of entries done.

    The bytes of one entry are in memory at a time.
    """
    organization = batch.dataset.organization
    sources = imported.Sources.of(organization.pk)
    with default_storage.open(staged.storage_key) as file:
        chunk: list[_StoredEntry] = []
        for entry in entries(staged.name, file, limits=_limits(), skip=staged.entries_done):
            chunk.append(_store_entry(organization, sources, entry))
            del entry  # the next one is unpacked before this name is given to it
            if len(chunk) == CHUNK:
                _take_in(batch, staged, chunk)
                chunk = []
                yield staged.entries_done
        _take_in(batch, staged, chunk)
    staged.finished = True
    staged.save(update_fields=["finished"])
    with suppress(OSError):
        default_storage.delete(staged.storage_key)


def _store_entry(organization: Organization, sources: imported.Sources, entry: Entry) -> _StoredEntry:
    if entry.name == "":
        return _StoredEntry(entry)
    if entry.refused is not None:
        return _StoredEntry(Entry(entry.name), refused=_without_frames(entry.refused))
    try:
        return _StoredEntry(replace(entry, data=None), _asset_for(organization, sources, entry))
    except UnreadableFile as error:
        return _StoredEntry(Entry(entry.name), refused=_without_frames(error))


def _without_frames(error: UnreadableFile) -> UnreadableFile:
    """A copy: what was raised holds the frames that it came through, and those hold the bytes."""
    return UnreadableFile(error.code, error.message)


def _take_in(batch: IngestBatch, staged: StagedFile, chunk: list[_StoredEntry]) -> None:
    findings = [_finding(batch, row.entry.name, row.refused) for row in chunk if row.refused is not None]
    rows = [(row.entry, row.asset) for row in chunk if row.refused is None and row.entry.name != ""]
    with transaction.atomic():
        added = add_items(dataset_id=batch.dataset_id, rows=rows)
        IngestFinding.objects.bulk_create(findings)
        staged.entries_done += len(chunk)
        staged.save(update_fields=["entries_done"])
        IngestBatch.objects.filter(pk=batch.pk).update(
            added=F("added") + added,
            duplicates=F("duplicates") + len(rows) - added,
            rejected=F("rejected") + len(findings),
        )


def _finding(batch: IngestBatch, name: str, error: UnreadableFile) -> IngestFinding:
    return IngestFinding(batch=batch, name=_storable(name, 600), code=error.code, message=_storable(error.message, 400))


def _storable(text: str, length: int) -> str:
    """A text as the database takes it; of a message its parts are stored as JSON, which takes everything."""
    return text if isinstance(text, Message) else text[:length].replace("\x00", "")


def add_items(*, dataset_id: int, rows: Iterable[tuple[Entry, Asset | None]]) -> int:
    """Insert items that are not there yet; returns how many were new.

    Raises:
        ItemQuotaExceeded: the organization would have more items than it may.
    """
    organization_id = Dataset.objects.values_list("organization_id", flat=True).get(pk=dataset_id)
    with adding_items(organization_id):
        locked = Dataset.objects.select_for_update().only("item_count").get(pk=dataset_id)
        _insert(dataset_id, rows)
        return Dataset.objects.values_list("item_count", flat=True).get(pk=dataset_id) - locked.item_count


def _insert(dataset_id: int, rows: Iterable[tuple[Entry, Asset | None]]) -> None:
    Item.objects.bulk_create(
        [
            Item(
                dataset_id=dataset_id,
                asset=asset,
                uri="" if asset is not None else entry.uri,
                text=entry.text,
                name=entry.name[-500:].replace("\x00", ""),
                meta=entry.meta,
                width=entry.size[0] if entry.size and asset is None else None,
                height=entry.size[1] if entry.size and asset is None else None,
            )
            for entry, asset in rows
        ],
        ignore_conflicts=True,
        batch_size=2000,
    )


def _asset_for(organization: Organization, sources: imported.Sources, entry: Entry) -> Asset | None:
    """The asset of an entry; None for an address that stays an address.

    Raises:
        UnreadableFile: it cannot go in.
    """
    data = entry.data
    if data is None:
        if not entry.uri.startswith(imported.SCHEME):
            return None
        data = _from_storage(sources.key_of(entry.uri))
    return save_asset(organization_id=organization.pk, data=data, name=entry.name)


def _from_storage(key: str) -> bytes:
    try:
        with default_storage.open(key) as file:
            data: bytes = file.read(settings.MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise imported.no_such_file() from error
    if len(data) > settings.MAX_FILE_BYTES:
        raise UnreadableFile(
            "file_too_large", Message("The file is larger than {limit} MiB.", limit=settings.MAX_FILE_BYTES >> 20)
        )
    return data


def save_asset(*, organization_id: int, data: bytes, name: str = "") -> Asset:
    """Store a file once; the same bytes again give the same asset without a second reading.

    Raises:
        UnreadableFile: no media type takes it, or its own cannot read it.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    stored = Asset.objects.filter(organization_id=organization_id, sha256=sha256).first()
    if stored is not None:
        return stored
    media_type = MEDIA_TYPES.of_file(name, data)
    probe = media_type.probe(data, max_pixels=settings.MAX_IMAGE_PIXELS)
    files = _store_files(organization_id, sha256, data, probe)
    _store_tiles(files["storage_key"], data, media_type, probe)
    asset, _ = Asset.objects.get_or_create(
        organization_id=organization_id,
        sha256=sha256,
        defaults={
            "media_type": media_type.key,
            "content_type": probe.content_type,
            "size": len(data),
            "facts": media_type.dump_facts(probe.facts),
            "fingerprint": probe.fingerprint,
            **files,
        },
    )
    return asset


def renew_previews(asset: Asset) -> bool:
    """Make what is shown of an asset anew from its original; True where it changed.

    Raises:
        OSError: the original is not in the storage.
        UnreadableFile: it can no longer be read.
    """
    with default_storage.open(asset.storage_key) as file:
        data = file.read()
    probe = asset.medium.probe(data, max_pixels=settings.MAX_IMAGE_PIXELS)
    display = None if probe.display is None else probe.display.data
    if bytes(asset.fingerprint) == probe.fingerprint and _stored_display(asset) == display:
        return False
    files = _store_files(asset.organization_id, asset.sha256, data, probe)
    _store_tiles(asset.storage_key, data, asset.medium, probe)
    Asset.objects.filter(pk=asset.pk).update(fingerprint=probe.fingerprint, **files)
    return True


def _stored_display(asset: Asset) -> bytes | None:
    """The copy that is shown; None where that is the original, or the copy is gone."""
    if asset.display_key == asset.storage_key or not default_storage.exists(asset.display_key):
        return None
    with default_storage.open(asset.display_key) as file:
        display: bytes = file.read()
    return display


def _store_tiles(key: str, data: bytes, media_type: MediaType, probe: Probe) -> None:
    if media_type.has_tiles(probe.facts):
        for name, tile in media_type.tiles(data):
            _put(f"{key}.tiles/{name}", tile)


def _store_files(organization_id: int, sha256: str, data: bytes, probe: Probe) -> dict[str, str]:
    """Keys and content types of the files of an asset, as its row has them."""
    base = f"assets/{organization_id}/{sha256[:2]}/{sha256}"
    original = _put(base, data)
    display, thumbnail = probe.display, probe.thumbnail
    return {
        "storage_key": original,
        "display_key": original if display is None else _put(f"{base}.display", display.data),
        "display_type": probe.display_type,
        "thumbnail_key": "" if thumbnail is None else _put(f"{base}.thumb", thumbnail.data),
        "thumbnail_type": "" if thumbnail is None else thumbnail.content_type,
    }


def _put(key: str, data: bytes) -> str:
    """Write under exactly this key: the content decides the name, so writing again changes nothing."""
    if default_storage.exists(key):
        default_storage.delete(key)
    saved: IO[Any] | str = default_storage.save(key, ContentFile(data))
    return str(saved)


@transaction.atomic
def grant_source(*, organization: Organization, name: str, prefix: str) -> StorageSource:
    """Let an organization read a folder of the storage as `storage:NAME/…`; operators alone do.

    Raises:
        ValueError: the folder does not lie below `imports/`.
    """
    prefix = prefix.strip("/")
    if not imported.is_prefix(prefix):
        raise ValueError("A source is a folder below imports/.")
    row, _ = StorageSource.objects.update_or_create(organization=organization, name=name, defaults={"prefix": prefix})
    record(actor=system_actor(organization.pk), action="storage_source.granted", subject=row, name=name, prefix=prefix)
    return row


@transaction.atomic
def revoke_source(source: StorageSource) -> None:
    """Let an organization read a folder no longer; items that name files there show nothing from now on."""
    system = system_actor(source.organization_id)
    record(actor=system, action="storage_source.revoked", subject=source, name=source.name, prefix=source.prefix)
    source.delete()


def grant_own_source(organization: Organization) -> None:
    """The folder of a new organization, `imports/SLUG/`, unless another one may read it, or some of it, already."""
    prefix = f"{imported.ROOT}/{organization.slug}"
    taken = StorageSource.objects.filter(Q(prefix=prefix) | Q(prefix__startswith=f"{prefix}/"))
    if not taken.exists():
        grant_source(organization=organization, name=organization.slug, prefix=prefix)
