"""Large files, straight from the browser to the storage in parts, checked once they are there."""

import uuid
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from plateau.datalake.models import IngestBatch, PartedFile, StagedFile
from plateau.datalake.services import checked_name, keep_staged
from plateau.http.errors import Conflict, InvalidInput
from plateau.storage.presigned import Parts, is_direct

PART_BYTES = 16 * 1024 * 1024
MOST_PARTS = 10_000  # S3's own limit
ABANDONED = timedelta(days=1)


def begin(*, batch: IngestBatch, name: str, size: int) -> PartedFile | None:
    """Open a file in parts, or go on with one of the same name and size; None where files go through the web service.

    Raises:
        Conflict: the upload was started.
        InvalidInput: no name, or the file is larger than a zip may be.
    """
    name = checked_name(batch=batch, name=name, size=size)
    if not is_direct():
        return None
    known = PartedFile.objects.filter(batch=batch, name=name).first()
    if known is not None and known.size == size:
        return known
    if known is not None:
        _parts(known).give_up()
        known.delete()
    parts = Parts.begin(f"staging/{batch.pk}/{uuid.uuid4().hex}")
    part_size = max(PART_BYTES, -(-size // MOST_PARTS))
    return PartedFile.objects.create(
        batch=batch, name=name, size=size, part_size=part_size, storage_key=parts.key, upload_id=parts.upload_id
    )


def _parts(row: PartedFile) -> Parts:
    if not is_direct():  # it was, when this file was begun
        raise Conflict("The storage takes no parts any more. Send the file anew.")
    return Parts(row.storage_key, row.upload_id)


def missing(row: PartedFile) -> list[int]:
    """The numbers of parts that did not arrive, or not whole."""
    return _lacking(row, _parts(row).arrived())


def _lacking(row: PartedFile, there: dict[int, tuple[int, str]]) -> list[int]:
    return [number for number in range(1, row.parts + 1) if there.get(number, (-1, ""))[0] != row.size_of(number)]


def addresses(row: PartedFile, numbers: list[int]) -> dict[int, str]:
    """Where to put these parts, for five minutes.

    Raises:
        InvalidInput: there is no such part.
    """
    wrong = [number for number in numbers if not 1 <= number <= row.parts]
    if wrong:
        message = f"there is no part {wrong[0]}: this file has {row.parts}"
        raise InvalidInput(f"numbers: {message}", [{"field": "numbers", "message": message}])
    parts = _parts(row)
    return {number: parts.address(number, row.size_of(number)) for number in numbers}


def finish(row: PartedFile) -> StagedFile:
    """Take the file into its upload.

    Raises:
        Conflict: a part is missing or has the wrong size; or the upload was started meanwhile.
    """
    checked_name(batch=row.batch, name=row.name, size=row.size)
    parts = _parts(row)
    there = parts.arrived()
    lacking = _lacking(row, there)
    if lacking:
        raise Conflict(f"{row.name}: part {lacking[0]} of {row.parts} is not there. Send it again.")
    if len(there) != row.parts:
        raise Conflict(f"{row.name} has more parts than it should. Send the file again from the start.")
    size = parts.finish(there)
    if size != row.size:
        default_storage.delete(row.storage_key)
        row.delete()
        raise Conflict(f"{row.name} arrived with {size} bytes instead of {row.size}. Send it again.")
    with transaction.atomic():
        staged = keep_staged(batch=row.batch, name=row.name, size=size, key=row.storage_key)
        row.delete()
    return staged


def tidy() -> int:
    """Throw away parts of files that nobody finished within a day; how many files."""
    old = list(PartedFile.objects.filter(created_at__lt=timezone.now() - ABANDONED))
    for row in old:
        if is_direct():
            _parts(row).give_up()
        row.delete()
    return len(old)
