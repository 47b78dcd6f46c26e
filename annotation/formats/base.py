"""What a format gives: a name, what it can hold, a stream out, and where it can, a stream in."""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, ClassVar, TypeVar

from labelkit.annotations import ANNOTATION_TYPES, AnnotationType
from labelkit.media import MEDIA_TYPES, MediaType
from plateau.storage.archives import BadArchive, TooLarge, open_zip, unpacked

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One resolved label on its way out."""

    task_id: int
    item_id: int
    name: str
    uri: str
    text: str
    sha256: str | None
    width: int | None
    height: int | None
    meta: dict[str, Any]
    value: dict[str, Any]
    annotator: str
    annotated_at: datetime
    schema_version: int


@dataclass(frozen=True)
class Job:
    """What an exporter writes: rows, read once, and the project's labels and attributes."""

    name: str
    kind: str
    rows: Iterable[Row]
    labels: list[dict[str, Any]]
    attributes: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Found:
    """One item on its way in. Labels in `value` are names; `place` says where it stood in the file.

    `value` is an answer of the kind, with labels by name, or None for an item without one.
    """

    place: str
    name: str
    value: dict[str, Any] | None
    uri: str = ""
    text: str = ""
    width: int | None = None
    height: int | None = None
    annotator: str = ""
    dropped: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """An item as the platform has it: for formats that name pictures without ending and size."""

    name: str
    width: int | None
    height: int | None


LookUp = Callable[[Sequence[str]], dict[str, Known]]


@dataclass(frozen=True)
class Head:
    """What a file declares. Labels: `name`, `color` ("" for none), `points` and `edges` of a skeleton.

    Attributes: as `AttributeIn`, without `id`, with names in the place of label ids.
    """

    labels: list[dict[str, Any]] = field(default_factory=list)
    attributes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    """An opened file for reading, twice where a format needs two passes, and the kind it is read for.

    `look_up` finds items by their names without ending.
    """

    file: BinaryIO
    kind: str
    labels: list[dict[str, Any]]
    look_up: LookUp = lambda stems: {}

    @property
    def annotation_type(self) -> AnnotationType:
        """What `kind` names."""
        return ANNOTATION_TYPES[self.kind]

    def again(self) -> BinaryIO:
        """From the beginning."""
        self.file.seek(0)
        return self.file


class BadFormat(Exception):
    """The file is not of this format; the message says where it breaks."""


class Format:
    """One format.

    `loses` says what a round trip through it does not bring back. `sized`, a path of PostgreSQL's jsonpath: answers in
    which it finds something can be written only where the size of their item is known; "" for none. `relative`: places
    are shares of the picture, so that a size stated beside them is only what they were reckoned from.

    What it can hold: annotations of the classes `annotation_types`, of items of the classes `media_types`,
    whose parts have only `geometries` (None for any). With `drops_geometries`, some of them are enough, and it writes
    no part of the others.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    annotation_types: ClassVar[tuple[type[AnnotationType], ...]] = (AnnotationType,)
    media_types: ClassVar[tuple[type[MediaType[Any]], ...]] = (MediaType,)
    geometries: ClassVar[frozenset[str] | None] = None
    drops_geometries: ClassVar[bool] = False
    content_type: ClassVar[str] = "application/zip"
    suffix: ClassVar[str] = "zip"
    loses: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[bool] = True
    sized: ClassVar[str] = ""
    relative: ClassVar[bool] = False

    def holds(self, annotation_type: AnnotationType) -> bool:
        """Whether annotations of this type can be written and read."""
        if not isinstance(annotation_type, self.annotation_types):
            return False
        if not isinstance(MEDIA_TYPES[annotation_type.media_type], self.media_types):
            return False
        geometries = frozenset(annotation_type.geometries)
        if self.geometries is None or not geometries:
            return True
        return bool(geometries & self.geometries) if self.drops_geometries else geometries <= self.geometries

    def write(self, job: Job) -> Iterator[bytes]:
        """The file, piece by piece; memory does not grow with the number of rows."""
        raise NotImplementedError

    def read(self, source: Source) -> Iterator[Found]:
        """The items in a file.

        Raises:
            BadFormat: it is not one of this format.
        """
        raise NotImplementedError

    def founds(self, source: Source) -> Iterator[Found]:
        """What `read` gives. Files are of others: whatever one of them leads a parser to is the file's fault.

        Raises:
            BadFormat: the file is not of this format, or breaks within it.
        """
        with _the_files_fault():
            for found in self.read(source):
                if found.value is not None and not source.annotation_type.is_readable(found.value):
                    raise BadFormat(f"{found.place}: a label must be a name; regions, spans and relations are lists")
                yield found

    def declared(self, source: Source) -> Head:
        """What `head` gives, as `founds`.

        Raises:
            BadFormat: the file is not of this format, or breaks within it.
        """
        with _the_files_fault():
            return self.head(source)

    def head(self, source: Source) -> Head:
        """Labels and attributes that the file declares; empty where the format has no place for them.

        Raises:
            BadFormat: it is not one of this format.
        """
        return Head()


@contextmanager
def _the_files_fault() -> Iterator[None]:
    """Whatever a parser raises within this block is the file's fault."""
    try:
        yield
    except (BadFormat, UnicodeDecodeError, MemoryError):
        raise
    except Exception as error:
        told = f"{type(error).__name__}: {str(error)[:200]}"
        raise BadFormat(f"the file is not as this format has it ({told})") from error


class _Sink:
    """A place for `zipfile` to write to, emptied as it goes."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.at = 0

    def write(self, data: Any) -> int:
        """Keep until the next take."""
        self.buffer += data
        self.at += len(data)
        return len(data)

    def tell(self) -> int:
        """Bytes so far."""
        return self.at

    def flush(self) -> None:
        """Nothing to do."""

    def take(self) -> bytes:
        """What came since the last time."""
        data = bytes(self.buffer)
        self.buffer.clear()
        return data


def zipped(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """A zip, written while its files come; only their names are kept."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:  # type: ignore[call-overload]
        for name, data in files:
            archive.writestr(name, data)
            yield sink.take()
    yield sink.take()


MAX_MEMBER = 64 * 1024 * 1024
MAX_MEMBERS = 1_000_000
MAX_UNPACKED = 8 * 1024**3


def unzipped(
    file: BinaryIO, wanted: Callable[[str], bool], *, most: int = MAX_MEMBER, total: int = MAX_UNPACKED
) -> Iterator[tuple[str, bytes]]:
    """Files of a zip by name, one in memory at a time.

    Raises:
        BadFormat: it is no zip, has too many files, or a file in it is larger than `most` bytes, all than `total`.
    """
    try:
        archive = open_zip(file, most=MAX_MEMBERS)
    except TooLarge as error:
        raise BadFormat(f"the zip has more than {MAX_MEMBERS:,} files; split it") from error
    except BadArchive as error:
        raise BadFormat("the file is no zip") from error
    left = total
    with archive:
        for info in archive.infolist():
            if info.is_dir() or not wanted(info.filename):
                continue
            try:
                data = unpacked(archive, info, most=most)
            except TooLarge as error:
                raise BadFormat(f"{info.filename} is larger than {most >> 20} MiB") from error
            except BadArchive as error:
                raise BadFormat(f"{info.filename} cannot be unpacked: {error}") from error
            left -= len(data)
            if left < 0:
                raise BadFormat(f"the zip unpacks to more than {total >> 20:,} MiB (at {info.filename}); split it")
            yield info.filename, data
            del data  # the next one is unpacked before this name is given to it


def stem(name: str) -> str:
    """A file name without its ending, safe in a zip and on every file system."""
    plain = re.sub(r'[\x00-\x1f:*?"<>|]', "_", name.replace("\\", "/")).lstrip("/")
    plain = "/".join(part for part in plain.split("/") if part not in ("", ".", ".."))
    return plain.rsplit(".", 1)[0] if "." in plain.rsplit("/", 1)[-1] else plain


def batches(rows: Iterable[T], size: int = 1000) -> Iterator[list[T]]:
    """Rows in lists of up to `size`."""
    every = iter(rows)
    while batch := list(islice(every, size)):
        yield batch


MAX_WEIGHT = 200_000  # about 100 MB of answers


def parcels(founds: Iterable[Found]) -> Iterator[list[Found]]:
    """Items in lists of up to 1000, fewer where much is said of them; the answers of one item stay together."""
    batch: list[Found] = []
    heavy = 0
    for found in founds:
        last = (batch[-1].name, batch[-1].uri, batch[-1].text) if batch else None
        if (len(batch) >= 1000 or heavy >= MAX_WEIGHT) and last != (found.name, found.uri, found.text):
            yield batch
            batch, heavy = [], 0
        batch.append(found)
        heavy += _weight(found)
    if batch:
        yield batch


def _weight(found: Found) -> int:
    """Roughly how many small objects an item costs."""
    return 1 + len(found.text) // 500 + _objects_in(found.value)


def _objects_in(value: Any) -> int:
    """Objects in lists, and points and numbers in them; of a list, the first element says what the others are."""
    if isinstance(value, dict):
        return sum(map(_objects_in, value.values()))
    if not isinstance(value, list) or not value:
        return 0
    if isinstance(value[0], dict):
        return len(value) + sum(map(_objects_in, value))
    return len(value) if isinstance(value[0], list) else len(value) // 8


def as_text(value: Any) -> str:
    """An attribute's value where a format knows texts only; `imports` reads it back by the attribute's type."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ";".join(value) if isinstance(value, list) else str(value)


def names_of(labels: list[dict[str, Any]]) -> dict[str, str]:
    """Label names by id."""
    return {one["id"]: one["name"] for one in labels}
