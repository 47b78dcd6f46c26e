"""What every format forgives: character sets, what tools leave in zips, names, ids, angles, blanks around labels.

Formats read UTF-8, names with slashes, and pages that are meant; other tools write more than that. What is forgiven
changes no annotation, and whatever is left out is noted.
"""

import codecs
import csv
import io
import re
import shutil
import tempfile
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from labelkit.annotations.parts import LabeledParts, free_id
from labelkit.geometries.mask import encode

_PIECE = 1024 * 1024
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNICODE = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
_XML_ENCODING = re.compile(rb"""^(\s*<\?xml[^>]*?\bencoding\s*=\s*["'])([\w.-]+)(["'])""")
_EXPAT = {"utf-8", "utf-16", "iso8859-1", "ascii"}  # what the parser of XML knows, as `codecs` calls it
_HIGH = re.compile(rb"[\x80-\xff]+")
_SILENT = {".ds_store", "thumbs.db", "desktop.ini"}
_ID = re.compile(r"[^\w-]")
_NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def charset_of(head: bytes) -> str:
    """The character set of a text that begins so, as Python calls it.

    Without a mark, what is no UTF-8 is told apart by its high bytes: EUC-JP has them in pairs, Shift_JIS has those of
    kana and common kanji, which are control characters in Latin-1.
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if len(head) > 3 and (head[1] == 0 or head[0] == 0):
        return "utf-16-le" if head[1] == 0 else "utf-16-be"
    if _decodes(head, "utf-8"):
        return "utf-8"
    runs = _HIGH.findall(head)
    if all(len(run) % 2 == 0 for run in runs[:-1]) and len(runs[0]) > 1 and _decodes(head, "euc_jp"):
        return "euc_jp"
    kana = sum(0x81 <= byte <= 0x84 or 0x88 <= byte <= 0x90 for run in runs for byte in run[:1])
    if 4 * kana >= len(runs) and _decodes(head, "cp932"):
        return "cp932"
    return "cp1252" if _decodes(head, "cp1252") else "latin-1"


def _decodes(data: bytes, charset: str) -> bool:
    """Whether it is of this character set; the last character may be cut off."""
    try:
        codecs.getincrementaldecoder(charset)("strict").decode(data)
    except UnicodeDecodeError:
        return False
    return True


def text_of(data: bytes) -> str:
    """A text of any of the character sets, without the mark at its beginning."""
    return data.decode(charset_of(data)).removeprefix("\ufeff")


def xml_of(data: bytes) -> bytes:
    """An XML of any character set, as a parser takes it."""
    stated = _XML_ENCODING.match(data)
    if stated and codecs.lookup(stated[2].decode()).name not in _EXPAT:
        return data.decode(stated[2].decode()).encode().replace(stated[0], stated[1] + b"utf-8" + stated[3], 1)
    return data


def in_utf8(file: BinaryIO) -> tuple[BinaryIO, str]:
    """The file in UTF-8 without a mark, and the character set that it was of; a zip or an XML stays what it is.

    Raises:
        UnicodeDecodeError: later parts of it are not of the character set of the first that is no ASCII.
    """
    file.seek(0)
    head = file.read(_PIECE)
    charset = "utf-8"
    if head.startswith(b"PK") or not head:
        file.seek(0)
        return file, charset
    if xml := _XML_ENCODING.match(head):
        name = codecs.lookup(xml[2].decode()).name
        if name in _EXPAT:
            file.seek(0)
            return file, charset
        charset = name
    else:
        piece = head
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        charset = charset_of(head)
        while charset == "utf-8" and piece:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                charset = charset_of(piece[max(0, len(piece) - _PIECE) :])
                charset = "cp1252" if charset == "utf-8" else charset
            piece = file.read(_PIECE)
    file.seek(0)
    if charset == "utf-8":
        return file, charset
    decoded: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the source that holds it
    if xml:
        file.seek(len(xml[0]))
        decoded.write(xml[1] + b"utf-8" + xml[3])
    reader = codecs.getreader(charset)(file)
    writer = codecs.getwriter("utf-8")(decoded)
    shutil.copyfileobj(_WithoutMark(reader), writer, _PIECE)
    decoded.seek(0)
    return decoded, charset


class _WithoutMark:
    """A reader of text, whose first character is left out where it is the mark of a character set."""

    def __init__(self, reader: codecs.StreamReader) -> None:
        self._reader, self._is_first = reader, True

    def read(self, size: int = -1, /) -> str:
        """The next characters."""
        text: str = self._reader.read(size)
        if self._is_first:
            text, self._is_first = text.removeprefix("\ufeff"), False
            return text or str(self._reader.read(size))
        return text


def member_name(info: zipfile.ZipInfo) -> str:
    """The name of a file in a zip, with slashes; "" for what operating systems leave there.

    Names without the mark of UTF-8 are read as that or as Shift_JIS where they are: `zipfile` takes them for cp437.
    """
    name = info.filename
    if not info.flag_bits & 0x800 and not name.isascii():
        try:
            raw = name.encode("cp437")
            name = raw.decode("utf-8" if _decodes(raw, "utf-8") else "cp932")
        except UnicodeError:
            pass  # made by a tool that writes cp437 indeed
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    if not parts or "__MACOSX" in parts or parts[-1].startswith("._") or parts[-1].lower() in _SILENT:
        return ""
    return "/".join(parts)


def plain_path(name: str) -> tuple[str, ...]:
    """The folders and name of a file, as far as tools agree on them: composed characters, the ending in lower case."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/")
    parts = [part for part in text.split("/") if part not in ("", ".")] or [""]
    base, dot, ending = parts[-1].rpartition(".")
    return (*parts[:-1], f"{base}.{ending.lower()}" if dot and base else parts[-1])


def plain_label(name: str, known: Mapping[str, object]) -> str:
    """A label's name without blanks around it and in composed characters, unless the project has it as it is."""
    return name if name in known else unicodedata.normalize("NFC", name).strip()


def turn(angle: object) -> object:
    """An angle in degrees from above -180 to 180, whatever turns it has; what is no number stays as it is."""
    if isinstance(angle, bool) or not isinstance(angle, int | float) or not abs(angle) < float("inf"):
        return angle
    return angle if -180 <= angle <= 180 else round(-((180 - angle) % 360 - 180), 6)


def tidied_parts(value: dict[str, Any], kind: LabeledParts[Any]) -> dict[str, Any]:
    """An unvalidated annotation whose parts have ids that are unique and valid, and angles of one turn at most."""
    used: set[str] = set()
    tidied = dict(value)
    for name in kind.lists:
        parts = []
        for number, part in enumerate(value.get(name, [])):
            changed = {**part}
            wanted = _ID.sub("_", str(part.get("id", f"{name[0]}{number}")))[:40] or f"{name[0]}{number}"
            changed["id"] = free_id(wanted, used)
            used.add(changed["id"])
            if "angle" in part:
                changed["angle"] = turn(part["angle"])
            for end in ("from", "to"):
                if end in part:
                    changed[end] = _ID.sub("_", str(part[end]))[:40]
            parts.append(changed)
        if name in value:
            tidied[name] = parts
    return tidied


def in_order(points: Sequence[Any], names: Sequence[str], wanted: Sequence[str]) -> list[Any]:
    """Keypoints in the order of a project's skeleton; those that are not there are not labeled.

    They stay as they are where no name is known, as where a file counts them.
    """
    by_name = dict(zip(names, points, strict=False))
    if not wanted or not set(wanted) & set(by_name):
        return list(points)
    return [by_name.get(name, [0, 0, 0]) for name in wanted]


def ellipse(x: float, y: float, a: float, b: float, degrees: float = 0.0) -> NDArray[np.float64]:
    """(36, 2) corners of a polygon in the place of an ellipse: there is no ellipse here."""
    angle, turned = np.linspace(0, 2 * np.pi, 36, endpoint=False), np.deg2rad(degrees)
    across, down = a * np.cos(angle), b * np.sin(angle)
    return np.stack(
        [
            x + across * np.cos(turned) - down * np.sin(turned),
            y + across * np.sin(turned) + down * np.cos(turned),
        ],
        axis=1,
    )


def filled(rings: Sequence[Sequence[Sequence[float]]]) -> dict[str, object]:
    """Fields of a mask of the pixels whose middle lies in any of the rings.

    Raises:
        ValueError: there is no such pixel, or the rings are too large.
    """
    outlines = [np.asarray(ring, dtype=float) for ring in rings]
    if not outlines or any(ring.ndim != 2 or len(ring) < 3 or not np.isfinite(ring).all() for ring in outlines):
        raise ValueError("a ring must have 3 points or more")
    points = np.concatenate(outlines)
    left, top = (int(v) for v in np.floor(points.min(axis=0)).clip(0))
    right, bottom = (int(v) for v in np.ceil(points.max(axis=0)))
    if right <= left or bottom <= top or (right - left) * (bottom - top) > _MAX_FILLED:
        raise ValueError("its outline encloses no pixel, or too many")
    bits = np.zeros((bottom - top, right - left), dtype=bool)
    middles = np.arange(left, right) + 0.5
    for ring in outlines:
        begins, ends = ring, np.roll(ring, -1, axis=0)
        for row in range(bottom - top):
            y = top + row + 0.5
            crosses = (begins[:, 1] <= y) != (ends[:, 1] <= y)
            a, b = begins[crosses], ends[crosses]
            xs = np.sort(a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1]))
            bits[row] |= np.searchsorted(xs, middles, side="right") % 2 == 1
    return encode(bits, x=left, y=top)


_MAX_FILLED = 200_000_000  # pixels


def xml_safe(text: str) -> str:
    """A text as XML may hold it: a vertical tab or form feed, as text processors put them, is a line's end."""
    return _NOT_XML.sub("", text.replace("\x0b", "\n").replace("\x0c", "\n"))


def joined(names: Sequence[str]) -> str:
    """Names in one cell or text, with semicolons between them; a name that has one stands in quotation marks."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="").writerow(names)
    return out.getvalue()


def parted(text: str) -> list[str]:
    """The names that `joined` was given; also those of a plain list with semicolons."""
    return [name for row in csv.reader([text], delimiter=";") for name in row if name]
