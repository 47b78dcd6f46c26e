"""Zips from others, opened and unpacked without believing what they say of themselves. No Django."""

import zipfile
from typing import IO

_TAIL = 22 + 65_535 + 20 + 56  # bytes: the end record, its comment, and the records of a large zip before it
_PIECE = 1024 * 1024
_ENTRY = b"PK\x01\x02"


class BadArchive(Exception):
    """The file is no zip that can be taken, or an entry of it is none; the message says why."""


class TooLarge(BadArchive):
    """More entries, or a larger one, than are taken."""


def open_zip(file: IO[bytes], *, most: int) -> zipfile.ZipFile:
    """The zip, once its directory is known to have no more than `most` entries: opening it reads all of them.

    Raises:
        BadArchive: it cannot be read.
        TooLarge: it has more entries.
    """
    try:
        if _entries_in(file, most) > most:
            raise TooLarge(f"The zip has more than {most:,} entries.")
        return zipfile.ZipFile(file)
    except TooLarge:
        raise
    except Exception as error:  # zipfile raises whatever a hostile header leads it to
        raise BadArchive(f"The zip cannot be read: {error}") from error


def _entries_in(file: IO[bytes], most: int) -> int:
    """Entries that the directory holds, or any number beyond `most`: its own count may be wrong."""
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
    left = min(length, end)
    file.seek(end - left)
    count, rest = 0, b""
    while left > 0 and count <= most and (piece := file.read(min(_PIECE, left))):
        left -= len(piece)
        count += (rest + piece).count(_ENTRY)
        rest = piece[-(len(_ENTRY) - 1) :]
    return count


def unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, most: int) -> bytes:
    """The bytes of an entry, unpacked by pieces, so that one that is larger than it says costs no more than `most`.

    Raises:
        BadArchive: it cannot be unpacked.
        TooLarge: it has more than `most` bytes.
    """
    if info.flag_bits & 1:
        raise BadArchive("The entry is encrypted.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others unpack without a bound
        raise BadArchive("The entry is packed in an unusual way. Pack the zip with Deflate, as most programs do.")
    if info.file_size > most:
        raise TooLarge(f"Larger than {most >> 20} MiB unpacked.")
    content = bytearray()
    try:
        with archive.open(info) as stream:
            while piece := stream.read(_PIECE):
                content += piece
                if len(content) > most:
                    break
    except Exception as error:
        raise BadArchive(f"The entry cannot be unpacked: {error}") from error
    if len(content) > most:
        raise TooLarge(f"Larger than {most >> 20} MiB unpacked.")
    return bytes(content)
