"""Media types: adding one is adding a file and listing it here, or an entry point of another package."""

from labelkit.media.base import MediaFacts, MediaType, Preview, Probe, UnreadableFile
from labelkit.media.catalog import MediaTypeCatalog
from labelkit.media.image import ImageMedia
from labelkit.media.row import RowMedia
from labelkit.media.text import TextMedia

MEDIA_TYPES = MediaTypeCatalog((ImageMedia(), TextMedia(), RowMedia()))

__all__ = ["MEDIA_TYPES", "MediaFacts", "MediaType", "Preview", "Probe", "UnreadableFile"]
