"""What lies inside a file that was sent: one image, a zip of images, or a list of addresses. No Django."""

import csv
import io
import posixpath
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import IO, Any

import orjson

from plateau.datalake.images import BadFile
from plateau.kernel.nul import holds_nul
from plateau.kernel.pictures import stated_size

LISTS = (".csv", ".jsonl", ".ndjson")
_SILENT = ("__MACOSX/", ".DS_Store", "Thumbs.db")


@dataclass(frozen=True)
class Entry:
    """One thing found: bytes, an address, or the reason why it is set aside."""

    name: str
    data: bytes | None = None
    uri: str = ""
    meta: dict[str, Any] = field(default_factory=dict)
    size: tuple[int, int] | None = None  # of an address, as the list states it
    refused: BadFile | None = None


@dataclass(frozen=True)
class Limits:
    """Against bombs: bytes of one file, entries and bytes of one zip."""

    file_bytes: int
    zip_entries: int
    zip_bytes: int


def entries(name: str, file: IO[bytes], *, limits: Limits, skip: int = 0) -> Iterator[Entry]:
    """Every entry of the file from number `skip` on, in an order that does not change."""
    head = file.read(4)
    file.seek(0)
    if head[:2] == b"PK" and zipfile.is_zipfile(file):
        file.seek(0)
        yield from _zip_entries(name, file, limits=limits, skip=skip)
    elif name.lower().endswith(LISTS):
        for number, entry in enumerate(_rows(name, file)):
            if number >= skip:
                yield entry
    elif skip == 0:
        data = file.read(limits.file_bytes + 1)
        if len(data) > limits.file_bytes:
            yield Entry(name, refused=BadFile("file_too_large", f"Larger than {limits.file_bytes >> 20} MiB."))
        else:
            yield Entry(name, data=data)


def _zip_entries(name: str, file: IO[bytes], *, limits: Limits, skip: int) -> Iterator[Entry]:
    try:
        archive = zipfile.ZipFile(file)
    except Exception as error:  # zipfile raises whatever a hostile header leads it to
        yield Entry(name, refused=BadFile("broken_zip", f"The zip cannot be read: {error}"))
        return
    with archive:
        infos = archive.infolist()
        if len(infos) > limits.zip_entries:
            text = f"The zip has {len(infos):,} entries; at most {limits.zip_entries:,} are taken."
            yield Entry(name, refused=BadFile("zip_too_large", text))
            return
        total = 0
        for number, info in enumerate(infos):
            total += info.file_size
            if total > limits.zip_bytes:
                text = f"The zip unpacks to more than {limits.zip_bytes >> 30} GiB."
                yield Entry(f"{name}/{info.filename}", refused=BadFile("zip_too_large", text))
                return
            if number >= skip:
                yield _zip_entry(archive, info, limits=limits)


def _zip_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, limits: Limits) -> Entry:
    """An `Entry` for every number, so that `skip` counts the same on every pass; nameless ones are silent."""
    name = info.filename
    if not name or info.is_dir() or name.startswith("__MACOSX/") or posixpath.basename(name) in _SILENT:
        return Entry("")
    if reason := _bad_path(info):
        return Entry(name, refused=BadFile("unsafe_path", reason))
    if info.flag_bits & 1:
        return Entry(name, refused=BadFile("encrypted", "The entry is encrypted."))
    if info.file_size > limits.file_bytes:
        return Entry(name, refused=BadFile("file_too_large", f"Larger than {limits.file_bytes >> 20} MiB unpacked."))
    try:
        with archive.open(info) as stream:
            data = stream.read(limits.file_bytes + 1)
    except Exception as error:
        return Entry(name, refused=BadFile("broken_entry", f"The entry cannot be unpacked: {error}"))
    if len(data) > limits.file_bytes:  # the header lied
        return Entry(name, refused=BadFile("file_too_large", f"Larger than {limits.file_bytes >> 20} MiB unpacked."))
    return Entry(name, data=data)


def _bad_path(info: zipfile.ZipInfo) -> str:
    name = info.filename.replace("\\", "/")
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return "The entry has an absolute path."
    if ".." in name.split("/"):
        return "The entry's path leads out of the zip."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "The entry is a symbolic link."
    return ""


def _rows(name: str, file: IO[bytes]) -> Iterator[Entry]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
    read = _csv_rows if name.lower().endswith(".csv") else _json_rows
    try:
        yield from read(name, text)
    finally:
        text.detach()


def _csv_rows(name: str, text: io.TextIOWrapper) -> Iterator[Entry]:
    reader = csv.DictReader(text)
    if "uri" not in (reader.fieldnames or []):
        found = ", ".join(reader.fieldnames or []) or "none"
        yield Entry(name, refused=BadFile("no_uri_column", f"The first row must name a column `uri`; found: {found}."))
        return
    try:
        for row in reader:
            where = f"{name}, row {reader.line_num}"
            meta = {key: value for key, value in row.items() if key and key not in ("uri", "name")}
            sides = [int(one) if one.isascii() and one.isdigit() else None for one in _sides(row)]
            yield _sized(where, _address(where, row.get("uri"), row.get("name"), meta), *sides)
    except csv.Error as error:
        yield Entry(f"{name}, row {reader.line_num}", refused=BadFile("bad_row", f"The row cannot be read: {error}"))


def _json_rows(name: str, text: io.TextIOWrapper) -> Iterator[Entry]:
    for number, line in enumerate(text, start=1):
        where = f"{name}, line {number}"
        if not line.strip():
            yield Entry("")
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            yield Entry(where, refused=BadFile("bad_row", f"The line is not JSON: {error}"))
            continue
        if not isinstance(row, dict):
            yield Entry(where, refused=BadFile("bad_row", 'Each line is an object such as {"uri": "…", "meta": {}}.'))
            continue
        entry = _address(where, row.get("uri"), row.get("name"), row.get("meta", {}))
        yield _sized(where, entry, row.get("width"), row.get("height"))


def _sides(row: dict[str, Any]) -> list[str]:
    """Width and height of a row of texts; shorter texts than rows have columns are None, longer ones lists."""
    found = [row.get("width"), row.get("height")]
    return [one.strip()[:12] if isinstance(one, str) else "" for one in found]


def _sized(where: str, entry: Entry, width: object = None, height: object = None) -> Entry:
    """The entry with the size that is stated for it."""
    try:
        return replace(entry, size=stated_size(width, height))
    except ValueError as error:
        return Entry(where, refused=BadFile("bad_size", f"The list states {error}."))


def _address(where: str, uri: object, name: object, meta: object) -> Entry:
    if not isinstance(uri, str) or not uri.strip() or len(uri) > 2000 or "\x00" in uri:
        return Entry(where, refused=BadFile("bad_uri", "`uri` must be an address or a storage path."))
    if not isinstance(meta, dict):
        return Entry(where, refused=BadFile("bad_meta", "`meta` must be an object."))
    if holds_nul(meta):
        return Entry(where, refused=BadFile("bad_meta", "`meta` holds a NUL character."))
    uri = uri.strip()
    if not uri.startswith(("https://", "http://", "storage:")):
        return Entry(where, refused=BadFile("bad_uri", "`uri` must begin with https://, http:// or storage:"))
    label = name.strip() if isinstance(name, str) and name.strip() else posixpath.basename(uri.split("?")[0]) or uri
    return Entry(label[:500].replace("\x00", ""), uri=uri, meta=meta)
