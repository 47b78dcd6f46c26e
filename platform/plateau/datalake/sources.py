"""What lies inside a file that was sent: a picture, a text, a list of addresses or texts, a table, or a zip of these.

No Django.
"""

import codecs
import csv
import io
import posixpath
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any

from labelkit.media import MEDIA_TYPES, UnreadableFile
from labelkit.media.text import MAX_TEXT
from labelkit.messages import Message
from plateau.datalake.lines import Entry, entry_of, entry_of_line, text_entry
from plateau.storage.archives import BadArchive, TooLarge, open_zip, unpacked

__all__ = ["Entry", "Limits", "entries", "is_written"]

TABLES, LINES = (".csv", ".tsv"), (".jsonl", ".ndjson")
MAX_DIGITS = 12
MAX_COLUMNS = 2000  # of a table
MAX_LINE = 16 * MAX_TEXT  # bytes: a text as JSON may write it, and room for metadata
_SILENT = ("__MACOSX/", ".DS_Store", "Thumbs.db")
_BOM = codecs.BOM_UTF8
_OTHER_BOMS = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16", codecs.BOM_UTF32_BE: "UTF-32"}
_JIS = re.compile(rb"\x1b\$[@B]")  # ISO-2022-JP is plain ASCII to whoever does not know it
_QUOTED = re.compile(r'"[^"]*"')
_YOLO = re.compile(r"\d+(\s+(0?\.\d+|[01](\.0*)?|\d(\.\d+)?e-\d+)){4,}")  # a class, then shares of the picture
_TOO_LONG = UnreadableFile(
    "bad_text",
    Message("The text has more than {max_text:,} characters, the maximum. Split it.", max_text=MAX_TEXT),
)
csv.field_size_limit(MAX_TEXT + 1)  # of the process; 131,072 characters if not said


@dataclass(frozen=True)
class Limits:
    """Against bombs: bytes of one file, entries and bytes of one zip, rows of one table or list."""

    file_bytes: int
    zip_entries: int
    zip_bytes: int
    rows: int = 2_000_000


def entries(name: str, file: IO[bytes], *, limits: Limits, skip: int = 0) -> Iterator[Entry]:
    """Every entry of the file from number `skip` on, in an order that does not change."""
    head = file.read(4)
    file.seek(0)
    if head[:2] == b"PK" and zipfile.is_zipfile(file):
        file.seek(0)
        yield from _zip_entries(name, file, limits=limits, skip=skip)
    elif is_written(name):
        for number, entry in enumerate(_written(name, file, limits)):
            if number >= skip:
                yield entry
    elif skip == 0:
        data = file.read(limits.file_bytes + 1)
        if len(data) > limits.file_bytes:
            yield Entry(
                name,
                refused=UnreadableFile(
                    "file_too_large", Message("The file is larger than {limit} MiB.", limit=limits.file_bytes >> 20)
                ),
            )
        else:
            yield Entry(name, data=data)


def is_written(name: str) -> bool:
    """Whether a file holds the content of items, as a text, a list or a table, by its name."""
    media_type = MEDIA_TYPES.find_for_file(name, b"")
    return name.lower().endswith(TABLES + LINES) if media_type is None else not media_type.is_file


def _zip_entries(name: str, file: IO[bytes], *, limits: Limits, skip: int) -> Iterator[Entry]:
    try:
        archive = open_zip(file, max_entries=limits.zip_entries)
    except TooLarge:
        text = Message(
            "The ZIP file has more than {zip_entries:,} entries, the maximum. Split it.",
            zip_entries=limits.zip_entries,
        )
        yield Entry(name, refused=UnreadableFile("zip_too_large", text))
        return
    except BadArchive as error:
        yield Entry(name, refused=UnreadableFile("broken_zip", str(error)))
        return
    with archive:
        total = number = 0
        for info in archive.infolist():
            total += info.file_size  # no entry unpacks to more than it says: zipfile cuts it off there
            if total > limits.zip_bytes:
                text = Message("The ZIP file unpacks to more than {limit} GiB.", limit=limits.zip_bytes >> 30)
                yield Entry(f"{name}/{info.filename}", refused=UnreadableFile("zip_too_large", text))
                return
            if not is_written(info.filename):  # one entry, which need not be unpacked to be counted
                if number >= skip:
                    yield _zip_entry(archive, info, limits=limits)
                number += 1
                continue
            packed = _zip_entry(archive, info, limits=limits)
            inside = [packed] if packed.data is None else _written(packed.name, io.BytesIO(packed.data), limits)
            del packed  # nothing but the reader holds the bytes
            for entry in inside:
                if number >= skip:
                    yield entry
                number += 1


def _zip_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, limits: Limits) -> Entry:
    """An `Entry` for every number, so that `skip` counts the same on every pass; nameless ones are silent."""
    name = info.filename
    if not name or info.is_dir() or name.startswith("__MACOSX/") or posixpath.basename(name) in _SILENT:
        return Entry("")
    if reason := _bad_path(info):
        return Entry(name, refused=UnreadableFile("unsafe_path", reason))
    if info.flag_bits & 1:
        return Entry(name, refused=UnreadableFile("encrypted", "The entry is encrypted."))
    try:
        return Entry(name, data=unpacked(archive, info, max_bytes=limits.file_bytes))
    except TooLarge as error:
        return Entry(name, refused=UnreadableFile("file_too_large", str(error)))
    except BadArchive as error:
        return Entry(name, refused=UnreadableFile("broken_entry", str(error)))


def _bad_path(info: zipfile.ZipInfo) -> str:
    name = info.filename.replace("\\", "/")
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return "The entry has an absolute path."
    if ".." in name.split("/"):
        return "The entry's path leads out of the zip."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "The entry is a symbolic link."
    return ""


def _written(name: str, file: IO[bytes], limits: Limits) -> Iterator[Entry]:
    """The entries of a text, a list or a table; each row or line is one, blank ones are without a name."""
    kind = name.lower()
    is_text = not kind.endswith(TABLES + LINES)
    file.seek(0, 2)
    too_long = is_text and file.tell() > 4 * MAX_TEXT + len(_BOM)  # whatever its letters are
    file.seek(0)
    if too_long or (problem := _encoding_problem(file)):
        yield Entry(name, refused=_TOO_LONG if too_long else UnreadableFile("not_utf8", problem))
        return
    file.seek(len(_BOM) if file.read(len(_BOM)) == _BOM else 0)
    if is_text:
        yield _text(name, file)
        return
    rows = 0
    for entry in _csv_rows(name, file) if kind.endswith(TABLES) else _json_rows(name, file):
        rows += entry.name != ""
        if rows > limits.rows:
            text = Message(
                "More than {rows:,} rows, the maximum for one file. Send the rest in another file.",
                rows=limits.rows,
            )
            yield Entry(name, refused=UnreadableFile("too_many_rows", text))
            return
        yield entry
    if rows == 0:
        yield Entry(name, refused=UnreadableFile("no_rows", "The file has no rows."))


def _encoding_problem(file: IO[bytes]) -> str:
    """Why the file is not read as UTF-8, and what to do; empty where it is. Afterwards it stands at its beginning."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    line, tail, problem = 1, b"", ""
    while not problem and (piece := file.read(1 << 20)):
        encoding = next((name for mark, name in _OTHER_BOMS.items() if line == 1 and piece.startswith(mark)), "")
        encoding = encoding or ("ISO-2022-JP" if _JIS.search(tail + piece) else "")
        try:
            decoder.decode(piece)
        except UnicodeDecodeError as error:
            # What is bad may begin in the piece before, on the same line then: the decoder holds no whole lines.
            line += error.object[: error.start].count(b"\n")
            problem = Message("Line {line:,} is not UTF-8. Save the file as UTF-8 and send it again.", line=line)
        if encoding:
            problem = Message(
                "The file is encoded in {encoding}. Save it as UTF-8 and send it again.", encoding=encoding
            )
        line, tail = line + piece.count(b"\n"), piece[-2:]
    if not problem and decoder.getstate()[0]:
        problem = Message(
            ("Line {line:,} is not UTF-8: it ends within a character. Save the file as UTF-8 and send it again."),
            line=line,
        )
    file.seek(0)
    return problem


def _text(name: str, file: IO[bytes]) -> Entry:
    text = file.read(4 * MAX_TEXT + 1).decode("utf-8", "ignore")  # checked before: a letter may be cut at the end alone
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return Entry(name, refused=UnreadableFile("empty", "The file has no text."))
    if len(text) > MAX_TEXT:
        return Entry(name, refused=_TOO_LONG)
    if all(map(_YOLO.fullmatch, lines)):
        problem = "This file has image labels (YOLO), not text. Import labels on the project's page."
        return Entry(name, refused=UnreadableFile("labels", problem))
    try:
        return text_entry(text, name[-500:], {})
    except UnreadableFile as bad:
        return Entry(name, refused=bad)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """The lines with their ends.

    Raises:
        UnreadableFile: one is too long.
    """
    while line := file.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise UnreadableFile(
                "bad_row",
                Message(
                    "The line is longer than {limit} MiB; the rest of the file was not read.", limit=MAX_LINE >> 20
                ),
            )
        yield line


class _RowLines:
    """The lines of a table; a row goes on over many where quotation marks are open, up to the length of one line."""

    def __init__(self, file: IO[bytes]) -> None:
        self._lines = _lines(file)
        self.length = 0  # bytes of the row so far

    def __iter__(self) -> "_RowLines":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.length += len(line)
        if self.length > MAX_LINE:
            text = Message(
                "The row is longer than {limit} MiB; the rest of the file was not read. Check the quotation marks.",
                limit=MAX_LINE >> 20,
            )
            raise UnreadableFile("bad_row", text)
        return line.decode()


def _csv_rows(name: str, file: IO[bytes]) -> Iterator[Entry]:
    """Addresses where a column is called `uri`, texts where one is called `text`, else rows of a table."""
    lines = _RowLines(file)
    try:
        head = next(lines, "")
    except UnreadableFile as bad:
        yield Entry(name, refused=bad)
        return
    delimiter = "\t" if name.lower().endswith(".tsv") else max(",;\t", key=_QUOTED.sub("", head).count)
    reader = csv.reader(chain([head], lines), delimiter=delimiter, strict=True)
    where = Message("{file}, row {number}", file=name, number=1)
    try:
        columns = _columns(next(reader, []))
        for values in reader:
            lines.length = 0
            where = Message("{file}, row {number}", file=name, number=reader.line_num)
            if not values:
                yield Entry("")
                continue
            try:
                entry = entry_of(_line_of_row(columns, values))
            except UnreadableFile as bad:
                entry = Entry(where, refused=bad)
            yield entry
    except UnreadableFile as bad:
        yield Entry(where, refused=bad)
    except csv.Error as error:
        where = Message("{file}, row {number}", file=name, number=reader.line_num)
        text = Message(
            ("The row cannot be read: {error}. The rest of the file was not read; check the quotation marks."),
            error=error,
        )
        yield Entry(where, refused=UnreadableFile("bad_row", text))


def _columns(names: list[str]) -> list[str]:
    """The names of the columns; one without a name is called by its place.

    Raises:
        UnreadableFile: there are none, or two are the same.
    """
    names = [name.strip() for name in names]
    while names and not names[-1]:
        names.pop()
    if not names:
        text = "The first row must name the columns: `uri` for addresses, `text` for texts, or those of a table."
        raise UnreadableFile("no_columns", text)
    if len(names) > MAX_COLUMNS:
        text = Message("The first row has more than {max_columns:,} columns, the maximum.", max_columns=MAX_COLUMNS)
        raise UnreadableFile("bad_columns", text)
    names = [name or f"column {number}" for number, name in enumerate(names, start=1)]
    if twice := [name for name, number in Counter(names).items() if number > 1]:
        raise UnreadableFile(
            "bad_columns", Message("The first row has two columns named “{column}”. Rename one.", column=twice[0][:100])
        )
    return names


def _line_of_row(columns: list[str], values: list[str]) -> dict[str, object]:
    """A row of values as a line of JSONL would say it.

    Raises:
        UnreadableFile: it has more or fewer values than columns, or holds the character NUL.
    """
    few = len(values) < len(columns) and "uri" not in columns
    if few or any(values[len(columns) :]):
        problem = Message(
            "The row has {value_count:,} values, but the first row names {column_count:,} columns.",
            value_count=len(values),
            column_count=len(columns),
        )
        raise UnreadableFile(
            "bad_row",
            Message(
                ("{problem} Put quotation marks around values that contain commas or line breaks."), problem=problem
            ),
        )
    if any("\x00" in value for value in values):
        raise UnreadableFile("bad_meta", "The row contains a NUL character, which cannot be stored.")
    row: dict[str, Any] = dict(zip(columns, values, strict=False))
    for key in ("uri", "text"):
        if key in columns:
            meta = {column: value for column, value in row.items() if column not in (key, "name")}
            sides = {side: _whole(row.get(side, "")) for side in ("width", "height")}
            return {key: row.get(key), "name": row.get("name", "").strip(), "meta": meta, **sides}
    rest = {key: value for key, value in row.items() if key != "name"}
    return {"row": rest or row, "name": row.get("name", "").strip()}


def _whole(value: str) -> int | None:
    """A whole number as it is written; None where it is none, as in a column that means something else."""
    digits = value.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS else None


def _json_rows(name: str, file: IO[bytes]) -> Iterator[Entry]:
    number = 0
    try:
        for number, line in enumerate(_lines(file), start=1):
            yield _json_row(Message("{file}, line {number}", file=name, number=number), line)
    except UnreadableFile as bad:
        yield Entry(Message("{file}, line {number}", file=name, number=number + 1), refused=bad)


def _json_row(where: str, line: bytes) -> Entry:
    if not line.strip():
        return Entry("")
    try:
        return entry_of_line(line)
    except UnreadableFile as bad:
        return Entry(where, refused=bad)
