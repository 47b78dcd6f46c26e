"""Every format, by its key."""

from annotation.formats.base import Exporter
from annotation.formats.coco import Coco
from annotation.formats.jsonl import Jsonl
from annotation.formats.table import Table

EXPORTERS: dict[str, Exporter] = {one.key: one for one in (Jsonl(), Table(), Coco())}
