"""Texts. An item holds its text; longer ones than a million characters are refused."""

from dataclasses import dataclass
from typing import ClassVar

from labelkit.geometries.base import Frame
from labelkit.media.base import DuplicateSearch, EditorView, MediaFacts, MediaType, Probe, UnreadableFile
from labelkit.messages import Message

MAX_TEXT = 1_000_000  # characters


@dataclass(frozen=True)
class TextFacts(MediaFacts):
    """`length` in code points."""

    length: int

    def frame(self) -> Frame:
        """See `MediaFacts`."""
        return Frame(length=self.length)


class TextMedia(MediaType[TextFacts]):
    """Texts in UTF-8."""

    key: ClassVar[str] = "text"
    title: ClassVar[str] = "Text"
    accepts: ClassVar[str] = "texts (.txt)"
    facts_type = TextFacts
    editor_view: ClassVar[EditorView] = "text"
    coordinates: ClassVar[str] = "characters"
    is_file: ClassVar[bool] = False
    uri_scheme: ClassVar[str] = "text:"
    duplicate_search: ClassVar[DuplicateSearch] = "text"

    def takes(self, name: str, head: bytes) -> bool:
        """See `MediaType`."""
        return name.lower().endswith(".txt")

    def probe(self, data: bytes, *, max_pixels: int = 10**9) -> Probe[TextFacts]:
        """See `MediaType`."""
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise UnreadableFile("not_utf8", Message("The text is not UTF-8: {error}.", error=error)) from error
        if not (text.strip() and len(text) <= MAX_TEXT) or "\x00" in text:
            raise UnreadableFile(
                "bad_text",
                Message(("A text must have 1 to {max_text:,} characters and no NUL character."), max_text=MAX_TEXT),
            )
        return Probe("text/plain; charset=utf-8", TextFacts(len(text)))
