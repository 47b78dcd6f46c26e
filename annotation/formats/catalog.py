"""The catalog of formats; other packages add theirs under the entry point group `plateau.formats`."""

from annotation.formats.base import Format
from annotation.formats.coco import Coco
from annotation.formats.cvat import Cvat
from annotation.formats.errors import FormatNotSupported
from annotation.formats.jsonl import Jsonl
from annotation.formats.labelstudio import LabelStudio
from annotation.formats.pngmask import PngMasks
from annotation.formats.spans import Conll, Spacy
from annotation.formats.table import Table
from annotation.formats.voc import Voc
from annotation.formats.yolo import Yolo
from labelkit.catalog import Catalog
from labelkit.project_types import ProjectType

FORMATS: Catalog[Format] = Catalog(
    (Jsonl(), Table(), Coco(), Voc(), Yolo(), Cvat(), LabelStudio(), PngMasks(), Spacy(), Conll()),
    entry_type=Format,
    group="plateau.formats",
    noun="format",
)


def formats_for(project_type: ProjectType) -> list[Format]:
    """Those that can hold annotations of projects of a type."""
    return [fmt for fmt in FORMATS.values() if fmt.holds(project_type)]


def format_for(key: str, project_type: ProjectType) -> Format:
    """The format of this key.

    Raises:
        FormatNotSupported: there is none, or it cannot hold the project type; the message names those that can.
    """
    formats = {fmt.key: fmt for fmt in formats_for(project_type)}
    if key not in formats:
        raise FormatNotSupported(sorted(formats))
    return formats[key]
