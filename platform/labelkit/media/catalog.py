"""The catalog of media types."""

from collections.abc import Iterable

from labelkit.catalog import Catalog
from labelkit.media.base import MediaType, UnreadableFile
from labelkit.messages import Message


class MediaTypeCatalog(Catalog[MediaType]):
    """Media types; other packages add theirs under the entry point group `plateau.media_types`."""

    def __init__(self, media_types: Iterable[MediaType]) -> None:
        super().__init__(
            media_types, entry_type=MediaType, noun="media type", group="plateau.media_types", longest_key=20
        )

    def find_for_file(self, name: str, head: bytes) -> MediaType | None:
        """The first type that takes a file of this name and these first bytes; None where no type does."""
        return next((media_type for media_type in self.values() if media_type.takes(name, head)), None)

    def of_file(self, name: str, data: bytes) -> MediaType:
        """The type of a file that is to lie in the storage.

        Raises:
            UnreadableFile: `empty`, or `unknown_media_type`, naming what is taken.
        """
        if not data:
            raise UnreadableFile("empty", "The file is empty.")
        media_type = self.find_for_file(name, data[:64])
        if media_type is None or not media_type.is_file:
            accepted = ", ".join(kind.accepts for kind in self.values() if kind.accepts)
            raise UnreadableFile(
                "unknown_media_type",
                Message(
                    ("This file type is not supported. Supported: {accepted}, lists (.jsonl) and ZIP files."),
                    accepted=accepted,
                ),
            )
        return media_type

    def of_uri(self, uri: str) -> MediaType | None:
        """The type of an item that holds its content, by its address; None for other addresses."""
        return next((kind for kind in self.values() if kind.uri_scheme and uri.startswith(kind.uri_scheme)), None)
