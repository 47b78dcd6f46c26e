"""What a format gives: a name, what it can hold, a stream out, and where it can, a stream in."""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, ClassVar, TypeVar

import orjson

from annotation.formats.reading import joined, member_name, plain_label, tidied_parts
from labelkit.annotations import AnnotationType
from labelkit.annotations.parts import LabeledParts
from labelkit.media import MediaType
from labelkit.messages import in_field
from labelkit.project_types import PROJECT_TYPES, ProjectType
from labelkit.values import AttributeDefinition, LabelDefinition
from plateau.storage.archives import BadArchive, TooLarge, open_zip, unpacked

T = TypeVar("T")


@dataclass(frozen=True)
class ExportRow:
    """An item with its resolved annotation."""

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
class ExportData:
    """What a format writes: the rows, which can be read once, and the project's labels and attributes."""

    name: str
    kind: str
    rows: Iterable[ExportRow]
    labels: list[LabelDefinition]
    attributes: list[AttributeDefinition] = field(default_factory=list)


@dataclass
class ImportedItem:
    """An item as a file has it; `place` says where in the file.

    `value` is an annotation of the project's type, with labels by name, or None for an item without one. What the file
    says of it that `value` does not hold is named in `dropped`. `other_names` are tried where no item has `name`.
    """

    location: str
    name: str
    value: dict[str, Any] | None
    uri: str = ""
    text: str = ""
    width: int | None = None
    height: int | None = None
    annotator: str = ""
    dropped: list[str] = field(default_factory=list)
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class KnownItem:
    """An item of the dataset: for formats that name pictures without ending and size.

    `count` is the number of items that the name may mean.
    """

    name: str
    width: int | None
    height: int | None
    count: int = 1


ItemLookup = Callable[[Sequence[str]], dict[str, KnownItem]]


@dataclass(frozen=True)
class DeclaredSchema:
    """The labels and attributes that a file declares.

    Labels: `name`, `color` ("" for none), `points` and `edges` of a skeleton. Attributes: as `AttributeIn`, without
    `id`, with names in the place of label ids.
    """

    labels: list[dict[str, Any]] = field(default_factory=list)
    attributes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class ImportSource:
    """A file to import, read more than once where a format needs it, and the labels of the project.

    `kind` is the key of the project type that it is read for, `look_up` finds items by their names without ending,
    `note` takes what is left out and belongs to no item of the file.
    """

    file: BinaryIO
    kind: str
    labels: list[LabelDefinition]
    look_up: ItemLookup = lambda stems: {}
    note: Callable[[str], None] = lambda text: None

    @property
    def annotation_type(self) -> AnnotationType:
        """Of the annotations."""
        return PROJECT_TYPES[self.kind].annotation_type

    def keypoints_of(self, label: str) -> list[str]:
        """Names of the keypoints that the project's label of this name has; none where it has no skeleton."""
        name = plain_label(label, {})
        skeletons = (entry.get("skeleton") for entry in self.labels if name in (entry["name"], entry["id"]))
        return next((list(skeleton["points"]) for skeleton in skeletons if skeleton), [])

    def rewind(self) -> BinaryIO:
        """The file, from its beginning."""
        self.file.seek(0)
        return self.file


class BadFormat(Exception):
    """The file is not of this format; the message says where it breaks."""


class Format:
    """One format.

    `loses` says what a round trip through it does not bring back. `size_needed_path` is a PostgreSQL jsonpath:
    annotations in which it finds something can be written only where the size of their item is known; "" for none.
    `has_relative_coordinates`: coordinates are fractions of the picture, so that a size stated beside them is only
    what they were computed from.

    What it can hold: annotations of the classes `annotation_types`, of items of the classes `media_types`,
    whose parts have only `geometries` (None for any). With `drops_geometries`, some of them are enough, and it writes
    no part of the others.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    annotation_types: ClassVar[tuple[type[AnnotationType], ...]] = (AnnotationType,)
    media_types: ClassVar[tuple[type[MediaType], ...]] = (MediaType,)
    geometries: ClassVar[frozenset[str] | None] = None
    drops_geometries: ClassVar[bool] = False
    content_type: ClassVar[str] = "application/zip"
    suffix: ClassVar[str] = "zip"
    loses: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[bool] = True
    size_needed_path: ClassVar[str] = ""
    has_relative_coordinates: ClassVar[bool] = False

    def holds(self, project_type: ProjectType) -> bool:
        """Whether annotations of projects of this type can be written and read."""
        annotation_type = project_type.annotation_type
        if not isinstance(annotation_type, self.annotation_types):
            return False
        if not isinstance(project_type.media_type, self.media_types):
            return False
        geometries = frozenset(annotation_type.geometries)
        if self.geometries is None or not geometries:
            return True
        return bool(geometries & self.geometries) if self.drops_geometries else geometries <= self.geometries

    def write(self, export: ExportData) -> Iterator[bytes]:
        """The file, piece by piece; memory does not grow with the number of rows."""
        raise NotImplementedError

    def read(self, source: ImportSource) -> Iterator[ImportedItem]:
        """The items in a file.

        Raises:
            BadFormat: it is not one of this format.
        """
        raise NotImplementedError

    def checked_items(self, source: ImportSource) -> Iterator[ImportedItem]:
        """What `read` yields, where every error that the file leads a parser to is `BadFormat`.

        Raises:
            BadFormat: the file is not of this format, or breaks within it.
        """
        kind = source.annotation_type
        labels = _PlainLabels(source.labels)
        with _parser_errors_as_bad_format():
            for item in self.read(source):
                if item.value is not None:
                    if not kind.is_readable(item.value):
                        raise BadFormat(
                            f"{item.location}: a label must be a name; regions, spans and relations are lists"
                        )
                    item.value = kind.relabel(item.value, labels)
                    if isinstance(kind, LabeledParts):
                        item.value = tidied_parts(item.value, kind)
                yield item

    def checked_schema(self, source: ImportSource) -> DeclaredSchema:
        """What `read_schema` returns, with errors as in `checked_items`.

        Raises:
            BadFormat: the file is not of this format, or breaks within it.
        """
        with _parser_errors_as_bad_format():
            return self.read_schema(source)

    def read_schema(self, source: ImportSource) -> DeclaredSchema:
        """Labels and attributes that the file declares; empty where the format has no place for them.

        Raises:
            BadFormat: it is not one of this format.
        """
        return DeclaredSchema()


class _PlainLabels(dict[str, str | None]):
    """What the names of labels are read as: see `plain_label`."""

    def __init__(self, labels: Sequence[LabelDefinition]) -> None:
        super().__init__({name: name for label in labels for name in (label["id"], label["name"])})

    def get(self, name: str, default: Any = None) -> Any:
        """The plain name."""
        return plain_label(name, self)


@contextmanager
def _parser_errors_as_bad_format() -> Iterator[None]:
    """Raise what a parser raises within this block as `BadFormat`: files come from strangers."""
    try:
        yield
    except (BadFormat, UnicodeDecodeError, MemoryError):
        raise
    except Exception as error:
        detail = in_field(type(error).__name__, str(error)[:200])
        raise BadFormat(f"the file is not as this format has it ({detail})") from error


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
    file: BinaryIO,
    is_wanted: Callable[[str], bool],
    *,
    max_bytes: int = MAX_MEMBER,
    max_total_bytes: int = MAX_UNPACKED,
) -> Iterator[tuple[str, bytes]]:
    """Files of a zip by name, one in memory at a time.

    Raises:
        BadFormat: it is no zip, has too many files, or a file in it is larger than `max_bytes`, all of them than
            `max_total_bytes`.
    """
    try:
        archive = open_zip(file, max_entries=MAX_MEMBERS)
    except TooLarge as error:
        raise BadFormat(f"the zip has more than {MAX_MEMBERS:,} files; split it") from error
    except BadArchive as error:
        raise BadFormat("the file is no zip") from error
    remaining = max_total_bytes
    with archive:
        for info in archive.infolist():
            name = member_name(info)
            if info.is_dir() or not name or not is_wanted(name):
                continue
            try:
                data = unpacked(archive, info, max_bytes=max_bytes)
            except TooLarge as error:
                raise BadFormat(f"{name} is larger than {max_bytes >> 20} MiB") from error
            except BadArchive as error:
                raise BadFormat(f"{name} cannot be unpacked: {error}") from error
            remaining -= len(data)
            if remaining < 0:
                raise BadFormat(f"the zip unpacks to more than {max_total_bytes >> 20:,} MiB (at {name}); split it")
            yield name, data
            del data  # the next one is unpacked before this name is given to it


def stem(name: str) -> str:
    """A file name without its ending, safe in a zip and on every file system."""
    plain = re.sub(r'[\x00-\x1f:*?"<>|]', "_", name.replace("\\", "/")).lstrip("/")
    plain = "/".join(part for part in plain.split("/") if part not in ("", ".", ".."))
    return plain.rsplit(".", 1)[0] if "." in plain.rsplit("/", 1)[-1] else plain


ITEM_NAMES = "items.json"  # of a zip: names of items by stems of its files, where the stems alone do not tell


def item_names_in(source: ImportSource) -> dict[str, str]:
    """What `UniqueStems.renamed` said when the zip was written; empty for one of another tool.

    Raises:
        BadFormat: the file is no zip.
    """
    pages = unzipped(source.rewind(), lambda name: name.rsplit("/", 1)[-1] == ITEM_NAMES)
    names: object = {}
    try:
        names = next((orjson.loads(data) for _, data in pages), {})
    except orjson.JSONDecodeError:
        return {}
    return {key: name for key, name in names.items() if isinstance(name, str)} if isinstance(names, dict) else {}


def checked_match(items: Mapping[str, KnownItem], key: str, location: str) -> KnownItem:
    """The item that a page is named for; without a size where there is none.

    Raises:
        BadFormat: it could be several.
    """
    item = items.get(key, KnownItem(key, None, None))
    if item.count > 1:
        raise BadFormat(f"{location}: “{key}” is ambiguous: several items could be meant, such as “{item.name}”")
    return item


class UniqueStems:
    """Stems for the names of a zip's files, which stay apart on file systems that ignore case as well.

    `renamed` says which item a file is of, for all items whose stems would be the same: `a.png` and `a.jpg`.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}  # of items, by stems in use
        self.renamed: dict[str, str] = {}

    def of(self, name: str) -> str:
        """A stem that no other name has; with the ending, and a number, where that is needed."""
        plain = free = stem(name)
        number = 1
        while free.casefold() in self._names:
            self.renamed.setdefault(plain, self._names.get(plain.casefold(), name))
            free = name if number == 1 and stem(f"{name}.x") == name else f"{plain}-{number}"
            number += 1
        self._names[free.casefold()] = name
        if free != plain:
            self.renamed[free] = name
        return free


def batches(rows: Iterable[T], size: int = 1000) -> Iterator[list[T]]:
    """Rows in lists of up to `size`."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


MAX_WEIGHT = 200_000  # about 100 MB of answers


def import_batches(items: Iterable[ImportedItem]) -> Iterator[list[ImportedItem]]:
    """Items in lists of up to 1000, fewer where much is said of them; the answers of one item stay together."""
    batch: list[ImportedItem] = []
    weight = 0
    for item in items:
        last = (batch[-1].name, batch[-1].uri, batch[-1].text) if batch else None
        if (len(batch) >= 1000 or weight >= MAX_WEIGHT) and last != (item.name, item.uri, item.text):
            yield batch
            batch, weight = [], 0
        batch.append(item)
        weight += _weight(item)
    if batch:
        yield batch


def _weight(item: ImportedItem) -> int:
    """Roughly how many small objects an item costs."""
    return 1 + len(item.text) // 500 + _objects_in(item.value)


def _objects_in(value: object) -> int:
    """Objects in lists, and points and numbers in them; of a list, the first element says what the others are."""
    if isinstance(value, dict):
        return sum(map(_objects_in, value.values()))
    if not isinstance(value, list) or not value:
        return 0
    if isinstance(value[0], dict):
        return len(value) + sum(map(_objects_in, value))
    return len(value) if isinstance(value[0], list) else len(value) // 8


def as_text(value: object) -> str:
    """An attribute's value where a format knows texts only; `imports` reads it back by the attribute's type."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return joined(value) if isinstance(value, list) else str(value)


def names_of(labels: Sequence[LabelDefinition]) -> dict[str, str]:
    """Label names by id."""
    return {label["id"]: label["name"] for label in labels}
