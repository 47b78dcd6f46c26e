"""Zips from others, opened and unpacked without believing what they say of themselves. No Django."""

import zipfile
from typing import IO

from labelkit.messages import Message

_TAIL = 22 + 65_535 + 20 + 56  # bytes: the end record, its comment, and the records of a large zip before it
_PIECE = 1024 * 1024
_ENTRY = b"PK\x01\x02"
_MAX_DIRECTORY_BYTES = 64 * 1024 * 1024  # all of it is kept in memory, as some five times its size
_FREE_BYTES = 1 << 30  # that any zip may unpack to
MAX_RATIO = 200  # beyond that, what it may unpack to for each of its bytes; blank pictures come to some hundred


class BadArchive(Exception):
    """The file is no zip that can be taken, or an entry of it is none; the message says why."""


class TooLarge(BadArchive):
    """More entries, a larger one, or more unpacked bytes for each packed one, than are taken."""


def open_zip(file: IO[bytes], *, max_entries: int) -> zipfile.ZipFile:
    """The zip, once its directory is known to have no more than `max_entries`: opening it reads all of them.

    Raises:
        BadArchive: it cannot be read.
        TooLarge: it has more entries, or a directory of more than 64 MiB, or unpacks to 200 times its size.
    """
    try:
        if _entries_in(file, max_entries) > max_entries:
            raise TooLarge(Message("The zip has more than {max_entries:,} entries.", max_entries=max_entries))
        archive = zipfile.ZipFile(file)
        if sum(info.file_size for info in archive.infolist()) > max(_FREE_BYTES, MAX_RATIO * file.seek(0, 2)):
            raise TooLarge(Message("The zip unpacks to more than {ratio} times its size.", ratio=MAX_RATIO))
        return archive
    except TooLarge:
        raise
    except Exception as error:  # zipfile raises whatever a hostile header leads it to
        raise BadArchive(Message("The zip cannot be read: {error}", error=error)) from error


def _entries_in(file: IO[bytes], max_entries: int) -> int:
    """Entries that the directory holds, or any number beyond `max_entries`: its own count may be wrong."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        return 0  # no zip, which whoever opens it says
    length, end = int.from_bytes(tail[at + 12 : at + 16], "little"), at
    if tail[at - 20 : at - 16] == b"PK\x06\x07" and tail[at - 76 : at - 72] == b"PK\x06\x06":
        length, end = int.from_bytes(tail[at - 36 : at - 28], "little"), at - 76
    end += max(0, size - _TAIL)
    remaining = min(length, end)
    if remaining > _MAX_DIRECTORY_BYTES:
        raise TooLarge(Message("The directory of the zip is larger than {size} MiB.", size=_MAX_DIRECTORY_BYTES >> 20))
    file.seek(end - remaining)
    count, overlap = 0, b""
    while remaining > 0 and count <= max_entries and (piece := file.read(min(_PIECE, remaining))):
        remaining -= len(piece)
        count += (overlap + piece).count(_ENTRY)
        overlap = piece[-(len(_ENTRY) - 1) :]
    return count


def unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, max_bytes: int) -> bytes:
    """The bytes of an entry, unpacked by pieces: one that is larger than it says costs no more than `max_bytes`.

    Raises:
        BadArchive: it cannot be unpacked.
        TooLarge: it has more than `max_bytes`.
    """
    if info.flag_bits & 1:
        raise BadArchive("The entry is encrypted.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others unpack without a bound
        raise BadArchive("The entry is packed in an unusual way. Pack the zip with Deflate, as most programs do.")
    if info.file_size > max_bytes:
        raise TooLarge(Message("Larger than {size} MiB unpacked.", size=max_bytes >> 20))
    content = bytearray()
    try:
        with archive.open(info) as stream:
            while piece := stream.read(_PIECE):
                content += piece
                if len(content) > max_bytes:
                    break
    except Exception as error:
        raise BadArchive(Message("The entry cannot be unpacked: {error}", error=error)) from error
    if len(content) > max_bytes:
        raise TooLarge(Message("Larger than {size} MiB unpacked.", size=max_bytes >> 20))
    return bytes(content)
