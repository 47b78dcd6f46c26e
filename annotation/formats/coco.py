"""COCO detection: https://cocodataset.org/#format-data. Written as a stream, annotations before images."""

from collections.abc import Iterable, Iterator

import orjson

from annotation.formats.base import Row


class Coco:
    """Boxes as COCO."""

    key = "coco"
    title = "COCO"
    kinds = frozenset({"boxes"})
    media_type = "application/json"
    suffix = "json"

    def write(self, rows: Iterable[Row], *, labels: list[dict[str, str]]) -> Iterator[bytes]:
        """See `Exporter.write`. Images are kept until the end: about 100 bytes each."""
        categories = {label["id"]: number for number, label in enumerate(labels, start=1)}
        listed = [{"id": categories[one["id"]], "name": one["name"], "supercategory": ""} for one in labels]
        yield b'{"categories":' + orjson.dumps(listed) + b',"annotations":['
        images: list[bytes] = []
        number = 0
        for row in rows:
            image = {"id": row.item_id, "file_name": row.name, "width": row.width, "height": row.height}
            images.append(orjson.dumps(image))
            for region in row.value["regions"]:
                number += 1
                box = [region["x"], region["y"], region["w"], region["h"]]
                line = {
                    "id": number,
                    "image_id": row.item_id,
                    "category_id": categories[region["label"]],
                    "bbox": box,
                    "area": round(region["w"] * region["h"], 2),
                    "iscrowd": 0,
                }
                yield (b"," if number > 1 else b"") + orjson.dumps(line)
        yield b'],"images":['
        for index, part in enumerate(images):
            yield (b"," if index else b"") + part
        yield b"]}"
