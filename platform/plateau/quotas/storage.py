"""Storage: every file counts from before it is written until it is deleted, whichever door it comes through.

Room is reserved in a short transaction that locks the organization's one row, so that two uploads which together
exceed the quota do not both get it; the file is written after that, and the lock is not held meanwhile.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from labelkit.messages import Message
from plateau.identity.models import Organization
from plateau.quotas.errors import StorageQuotaExceeded
from plateau.quotas.limits import limit_of, warn_if_crossed
from plateau.quotas.models import QuotaKind, StorageUsage, StoredFile
from plateau.storage.guarded import Placed
from plateau.storage.walk import every_file

# By the first part of a key: given the key, whose file it is; None where nobody's. Apps add theirs when Django starts.
KeyOwner = Callable[[str], int | None]
key_owners: dict[str, KeyOwner] = {}
_IN_KEY = re.compile(r"(?:assets|guidelines|snapshots|segmentation-models|meshes|demand|staging/labels)/(\d{1,18})/")
_PENDING = timedelta(days=2)  # longer than an upload in parts may take
_CHUNK = 1000


def owner_of(key: str) -> int | None:
    """The organization that a key of the storage belongs to; None: the installation's own, or nobody's any more."""
    if match := _IN_KEY.match(key):
        return Organization.objects.filter(pk=int(match[1])).values_list("pk", flat=True).first()
    owner = key_owners.get(key.partition("/")[0])
    return owner(key) if owner else None


class StorageLedger:
    """What the storage asks before it writes, and tells after it has deleted."""

    @contextmanager
    def writing(self, key: str, size: int) -> Iterator[Placed]:
        """Reserve room for a file, and note under which key it was placed; where it was not, its room is free again.

        Raises:
            StorageQuotaExceeded: the organization's quota has no room for it.
        """
        pending = f"pending/{uuid.uuid4().hex}"
        if not reserve(key, size, pending_key=pending):
            yield lambda _key: None
            return
        try:
            yield lambda placed: settle(pending, placed)
        finally:
            if not connection.needs_rollback:
                release(pending)

    def deleted(self, key: str, *, is_folder: bool = False) -> None:
        """A file, or a folder with all that was in it, is gone."""
        release(key, is_folder=is_folder)


@transaction.atomic
def reserve(key: str, size: int, *, pending_key: str) -> bool:
    """Count `size` bytes as a pending file; False where the key belongs to no organization.

    Raises:
        StorageQuotaExceeded: the organization's quota has no room for it.
    """
    organization_id = owner_of(key)
    if organization_id is None:
        return False
    usage = _locked(organization_id)
    limit = limit_of(organization_id, QuotaKind.STORAGE)
    if limit is not None and usage.used_bytes + size > limit:
        raise StorageQuotaExceeded(
            Message(
                "Your organization uses {used:,} of {limit:,} bytes of storage, and this needs {requested:,}. Delete "
                "datasets, models or snapshots that nobody needs, or ask whoever runs this installation for more.",
                used=usage.used_bytes,
                limit=limit,
                requested=size,
            ),
            used=usage.used_bytes,
            limit=limit,
            requested=size,
        )
    StoredFile.objects.create(key=pending_key, organization_id=organization_id, size=size, is_pending=True)
    _add(organization_id, size)
    before = usage.used_bytes
    warn_if_crossed(organization_id, QuotaKind.STORAGE, before=before, after=before + size, limit=limit)
    return True


@transaction.atomic
def settle(pending_key: str, key: str) -> None:
    """A pending file was written under `key`, in place of what was there."""
    pending = StoredFile.objects.filter(key=pending_key).first()
    if pending is None:
        return
    _locked(pending.organization_id)
    if pending_key != key:
        release(key)
    StoredFile.objects.filter(key=pending_key).update(key=key, is_pending=False, seen_at=timezone.now())


@transaction.atomic
def release(key: str, *, is_folder: bool = False) -> None:
    """A file no longer counts; nothing where it never did."""
    files = StoredFile.objects.filter(Q(key=key) | Q(key__startswith=f"{key}/") if is_folder else Q(key=key))
    for organization_id in sorted(set(files.values_list("organization_id", flat=True))):
        _locked(organization_id)
        own = files.filter(organization_id=organization_id)
        freed = own.aggregate(bytes=Sum("size"))["bytes"] or 0
        own.delete()
        _add(organization_id, -freed)


def _locked(organization_id: int) -> StorageUsage:
    StorageUsage.objects.bulk_create([StorageUsage(organization_id=organization_id)], ignore_conflicts=True)
    return StorageUsage.objects.select_for_update().get(organization_id=organization_id)


def _add(organization_id: int, size: int) -> None:
    StorageUsage.objects.filter(organization_id=organization_id).update(used_bytes=F("used_bytes") + size)


def recount() -> dict[int, tuple[int, int]]:
    """Compare with the files that there are, and correct; (bytes before, bytes after) by organization.

    Uploads may go on meanwhile: what is pending counts as reserved, and what comes after the walk began was seen.
    """
    began = timezone.now()
    chunk: list[tuple[str, int]] = []
    for file in every_file():
        chunk.append(file)
        if len(chunk) == _CHUNK:
            _note_seen(chunk)
            chunk = []
    _note_seen(chunk)
    result = {}
    counted = set(StorageUsage.objects.values_list("organization_id", flat=True))
    counted |= set(StoredFile.objects.values_list("organization_id", flat=True).distinct())
    for organization_id in sorted(counted):
        with transaction.atomic():
            before = _locked(organization_id).used_bytes
            files = StoredFile.objects.filter(organization_id=organization_id)
            files.filter(seen_at__lt=began, is_pending=False).delete()
            files.filter(seen_at__lt=began - _PENDING, is_pending=True).delete()
            after = files.aggregate(bytes=Sum("size"))["bytes"] or 0
            StorageUsage.objects.filter(organization_id=organization_id).update(used_bytes=after)
        result[organization_id] = before, after
    return result


def _note_seen(files: list[tuple[str, int]]) -> None:
    now = timezone.now()
    known = dict(StoredFile.objects.filter(key__in=[key for key, _ in files]).values_list("key", "organization_id"))
    rows = [
        StoredFile(key=key, organization_id=organization_id, size=size, seen_at=now)
        for key, size in files
        if (organization_id := known.get(key) or owner_of(key)) is not None
    ]
    StoredFile.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["key"], update_fields=["size", "seen_at"], batch_size=_CHUNK
    )
