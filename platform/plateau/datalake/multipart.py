"""Large files, straight from the browser to the storage in parts, checked once they are there."""

import uuid
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from labelkit.messages import Message
from plateau.datalake.errors import FileSizeMismatch, MultipartUnavailable, PartMissing
from plateau.datalake.models import IngestBatch, MultipartFile, StagedFile
from plateau.datalake.services import checked_name, save_staged_file
from plateau.http.errors import InvalidInput
from plateau.quotas import storage as storage_quota
from plateau.storage.presigned import MultipartUpload, is_direct

PART_BYTES = 16 * 1024 * 1024
MAX_PARTS = 10_000  # S3's own limit
ABANDONED = timedelta(days=1)


def begin_multipart_file(*, batch: IngestBatch, name: str, size: int) -> MultipartFile | None:
    """Open a file in parts, or go on with one of the same name and size; None where files go through the web service.

    Raises:
        UploadStarted: it takes no more files.
        InvalidInput: no name, or the file is larger than a zip may be.
        StorageQuotaExceeded: the organization's quota has no room for it.
    """
    name = checked_name(batch=batch, name=name, size=size)
    if not is_direct():
        return None
    begun = MultipartFile.objects.filter(batch=batch, name=name).first()
    if begun is not None and begun.size == size:
        return begun
    if begun is not None:
        _upload_of(begun).abort()
        storage_quota.release(begun.storage_key)
        begun.delete()
    key = f"staging/{batch.pk}/{uuid.uuid4().hex}"
    storage_quota.reserve(key, size, pending_key=key)
    upload = MultipartUpload.begin(key)
    part_size = max(PART_BYTES, -(-size // MAX_PARTS))
    return MultipartFile.objects.create(
        batch=batch, name=name, size=size, part_size=part_size, storage_key=upload.key, upload_id=upload.upload_id
    )


def _upload_of(row: MultipartFile) -> MultipartUpload:
    if not is_direct():  # it was, when this file was begun
        raise MultipartUnavailable
    return MultipartUpload(row.storage_key, row.upload_id)


def missing_parts(row: MultipartFile) -> list[int]:
    """The numbers of parts that did not arrive, or not whole."""
    return _missing(row, _upload_of(row).list_parts())


def _missing(row: MultipartFile, arrived: dict[int, tuple[int, str]]) -> list[int]:
    return [number for number in range(1, row.parts + 1) if arrived.get(number, (-1, ""))[0] != row.size_of(number)]


def presign_parts(row: MultipartFile, numbers: list[int]) -> dict[int, str]:
    """Where to put these parts, for five minutes.

    Raises:
        InvalidInput: there is no such part.
    """
    wrong = [number for number in numbers if not 1 <= number <= row.parts]
    if wrong:
        message = Message("part {wrong} does not exist: the file has {parts} parts", wrong=wrong[0], parts=row.parts)
        raise InvalidInput.in_field("numbers", message)
    upload = _upload_of(row)
    return {number: upload.presign_part(number, row.size_of(number)) for number in numbers}


def complete_multipart_file(row: MultipartFile) -> StagedFile:
    """Put the file together, and into its upload.

    Raises:
        PartMissing: a part is not there, or not whole.
        FileSizeMismatch: there are more parts, or bytes, than were announced.
        UploadStarted: the upload was started meanwhile.
    """
    checked_name(batch=row.batch, name=row.name, size=row.size)
    upload = _upload_of(row)
    arrived = upload.list_parts()
    missing = _missing(row, arrived)
    if missing:
        raise PartMissing(
            Message(
                "{name}: part {missing} of {parts} is missing. Send it again.",
                name=row.name,
                missing=missing[0],
                parts=row.parts,
            )
        )
    if len(arrived) != row.parts:
        raise FileSizeMismatch(Message("{name} has too many parts. Send the file again from the start.", name=row.name))
    size = upload.complete(arrived)
    if size != row.size:
        default_storage.delete(row.storage_key)
        row.delete()
        raise FileSizeMismatch(
            Message(
                "{name} arrived with {arrived} bytes instead of {expected}. Send it again.",
                name=row.name,
                arrived=size,
                expected=row.size,
            )
        )
    with transaction.atomic():
        storage_quota.settle(row.storage_key, row.storage_key)
        staged = save_staged_file(batch=row.batch, name=row.name, size=size, key=row.storage_key)
        row.delete()
    return staged


def abort_abandoned_files() -> int:
    """Delete parts of files that nobody finished within a day; how many files."""
    abandoned = list(MultipartFile.objects.filter(created_at__lt=timezone.now() - ABANDONED))
    for row in abandoned:
        if is_direct():
            _upload_of(row).abort()
        storage_quota.release(row.storage_key)
        row.delete()
    return len(abandoned)
