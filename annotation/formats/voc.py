"""Pascal VOC: one XML an image, http://host.robots.ox.ac.uk/pascal/VOC/. Coordinates from 0, with decimals."""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree  # only for writing; reading is defusedxml's

from defusedxml.ElementTree import ParseError, fromstring

from annotation.formats.base import (
    BadFormat,
    ExportData,
    ExportRow,
    Format,
    ImportedItem,
    ImportSource,
    UniqueStems,
    as_text,
    names_of,
    unzipped,
    zipped,
)
from annotation.formats.reading import xml_of, xml_safe
from labelkit.annotations.regions import Regions

_MAX_PAGE_BYTES = 8 * 1024 * 1024  # bytes of one XML: as a tree it takes some thirty times as much


class Voc(Format):
    """Boxes as Pascal VOC."""

    key = "voc"
    title = "Pascal VOC"
    annotation_types = (Regions,)
    geometries = frozenset({"box"})
    size_needed_path = "$"
    loses = ("types of attributes (all are text)", "ids of regions", "who annotated and when")

    def write(self, export: ExportData) -> Iterator[bytes]:
        """See `Format`."""
        names = names_of(export.labels)
        stems = UniqueStems()
        return zipped((f"Annotations/{stems.of(row.name)}.xml", _page(row, names)) for row in export.rows)

    def read(self, source: ImportSource) -> Iterator[ImportedItem]:
        """See `Format`."""
        pages = unzipped(source.rewind(), lambda name: name.lower().endswith(".xml"), max_bytes=_MAX_PAGE_BYTES)
        for location, data in pages:
            try:
                page = fromstring(xml_of(data))
                yield _read_item(location, page)
            except (ParseError, ValueError, AttributeError, TypeError) as error:
                raise BadFormat(f"{location}: {type(error).__name__} {error}") from error


def _page(row: ExportRow, names: dict[str, str]) -> bytes:
    page = ElementTree.Element("annotation")
    ElementTree.SubElement(page, "filename").text = row.name
    size = ElementTree.SubElement(page, "size")
    for key, value in (("width", row.width), ("height", row.height), ("depth", 3)):
        ElementTree.SubElement(size, key).text = str(value or 0)
    for region in row.value["regions"]:
        node = ElementTree.SubElement(page, "object")
        ElementTree.SubElement(node, "name").text = names.get(region["label"], region["label"])
        box = ElementTree.SubElement(node, "bndbox")
        ends = (region["x"], region["y"], region["x"] + region["w"], region["y"] + region["h"])
        for key, value in zip(("xmin", "ymin", "xmax", "ymax"), ends, strict=True):
            ElementTree.SubElement(box, key).text = f"{value:.2f}".rstrip("0").rstrip(".")
        attributes: dict[str, Any] = dict(region.get("attributes", {}))
        if region.get("angle"):
            attributes["rotation"] = region["angle"]
        if attributes:
            attribute_list = ElementTree.SubElement(node, "attributes")
            for key, value in attributes.items():
                attribute = ElementTree.SubElement(attribute_list, "attribute")
                ElementTree.SubElement(attribute, "name").text = key
                ElementTree.SubElement(attribute, "value").text = as_text(value)
    return xml_safe(ElementTree.tostring(page, encoding="unicode")).encode()


def _read_item(location: str, page: Any) -> ImportedItem:
    regions, dropped = [], []
    for number, node in enumerate(page.findall("object")):
        box = node.find("bndbox")
        if box is None:
            dropped.append(f"object {number + 1} ({node.findtext('name')}): has no bndbox")
            continue
        left, top, right, bottom = (float(box.findtext(key)) for key in ("xmin", "ymin", "xmax", "ymax"))
        attributes = {
            attribute.findtext("name"): attribute.findtext("value") or "" for attribute in node.iter("attribute")
        }
        angle = float(attributes.pop("rotation", 0) or 0)
        region = {"id": f"v{number}", "label": node.findtext("name") or "", "shape": "box"}
        region |= {"x": left, "y": top, "w": round(right - left, 2), "h": round(bottom - top, 2)}
        regions.append(
            region | ({"angle": angle} if angle else {}) | ({"attributes": attributes} if attributes else {})
        )
    size = page.find("size")
    width, height = (
        int(float(size.findtext(key) or 0)) or None if size is not None else None for key in ("width", "height")
    )
    name = page.findtext("filename") or location.removesuffix(".xml")
    item = ImportedItem(location, name, {"regions": regions}, width=width, height=height, dropped=dropped)
    folder = page.findtext("folder")
    item.other_names = (f"{folder}/{name}",) if folder else ()
    return item
