"""The seam of media types: what each one defines for its files and items."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal

from pydantic import TypeAdapter
from typing_extensions import TypeVar

from labelkit.geometries.base import Frame

EditorView = Literal["image", "text"]
DuplicateSearch = Literal["exact", "picture", "text"]


class UnreadableFile(Exception):
    """A file that cannot be taken in: `code` for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class MediaFacts:
    """Facts about a file besides its bytes. Each media type adds its fields; they are stored as JSON."""

    def frame(self) -> Frame:
        """What annotations must lie in."""
        return Frame()


F = TypeVar("F", bound=MediaFacts, default=Any)


@dataclass(frozen=True)
class Preview:
    """Bytes that a browser shows."""

    data: bytes
    content_type: str


@dataclass(frozen=True)
class Probe(Generic[F]):
    """What one reading of a file yields.

    Attributes:
        content_type: Of the file itself.
        facts: Typed facts.
        display: What the editor shows; None where that is the file itself.
        thumbnail: What lists show; None where there is nothing to see.
        fingerprint: 256 bytes by which near-duplicates are found; empty where only equal files are duplicates.
    """

    content_type: str
    facts: F
    display: Preview | None = None
    thumbnail: Preview | None = None
    fingerprint: bytes = b""

    @property
    def display_type(self) -> str:
        """Content type of what the editor shows."""
        return self.content_type if self.display is None else self.display.content_type


class MediaType(Generic[F]):
    """A kind of items: which files it takes, what is known of them, and how they are shown, compared and read.

    Attributes:
        accepts: The files that it takes, in words, for refusals.
        facts_type: Its facts.
        editor_view: How the editor shows its items.
        coordinates: What places in its items are counted in: `pixels` where `frame` has a width and a height,
            `characters` or another unit where it has a length; empty where they have no places.
        is_file: Whether items are files in the storage; otherwise the item itself holds the content.
        uri_scheme: Before the hash in the address of an item that holds its content; empty for files.
        meta_is_content: Whether the `meta` of an item is its content (columns of a row) and says nothing about it.
        duplicate_search: By which search items are found that are nearly the same.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    accepts: ClassVar[str] = ""
    facts_type: type[F]
    editor_view: ClassVar[EditorView] = "text"
    coordinates: ClassVar[str] = ""
    is_file: ClassVar[bool] = True
    uri_scheme: ClassVar[str] = ""
    meta_is_content: ClassVar[bool] = False
    duplicate_search: ClassVar[DuplicateSearch] = "exact"

    def takes(self, name: str, head: bytes) -> bool:
        """Whether a file is of this medium by its name and its first bytes; `probe` may refuse it still."""
        return False

    def probe(self, data: bytes, *, max_pixels: int = 10**9) -> Probe[F]:
        """Read a file whole.

        Raises:
            UnreadableFile: it is broken, or larger than it may be.
        """
        raise NotImplementedError  # a medium whose items are no files takes none, and is never asked

    def check_file(self, path: Path) -> None:
        """Read as much as shows that a file which was taken in can still be read.

        Raises:
            OSError, UnreadableFile: it cannot.
        """
        self.probe(path.read_bytes())

    def has_tiles(self, facts: F) -> bool:
        """Whether a file is so large that the editor shows it in tiles."""
        return False

    def tiles(self, data: bytes) -> Iterator[tuple[str, bytes]]:
        """Tiles by name, as JPEG, of a file that has some."""
        yield from ()

    @cached_property
    def _adapter(self) -> TypeAdapter[F]:
        return TypeAdapter(self.facts_type)

    def dump_facts(self, facts: F) -> dict[str, object]:
        """Facts as JSON."""
        stored: dict[str, Any] = self._adapter.dump_python(facts, mode="json")
        return stored

    def load_facts(self, stored: Mapping[str, object]) -> F:
        """Facts from JSON; fields that are not known are passed over.

        Raises:
            ValueError: a field is missing, or of another type.
        """
        return self._adapter.validate_python(dict(stored))
