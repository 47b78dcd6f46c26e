"""Every format, by its key."""

from annotation.formats.base import Format
from annotation.formats.coco import Coco
from annotation.formats.cvat import Cvat
from annotation.formats.jsonl import Jsonl
from annotation.formats.labelstudio import LabelStudio
from annotation.formats.pngmask import PngMasks
from annotation.formats.spans import Conll, Spacy
from annotation.formats.table import Table
from annotation.formats.voc import Voc
from annotation.formats.yolo import Yolo
from labelkit.annotations import ANNOTATION_TYPES

FORMATS: dict[str, Format] = {
    one.key: one
    for one in (Jsonl(), Table(), Coco(), Voc(), Yolo(), Cvat(), LabelStudio(), PngMasks(), Spacy(), Conll())
}


def formats_for(kind: str) -> list[Format]:
    """Those that can hold a kind."""
    return [one for one in FORMATS.values() if one.holds(ANNOTATION_TYPES[kind])]
