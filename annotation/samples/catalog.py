"""Sample data of each project type: items, labels, guidelines, and the right annotation of each item.

The files in `data/` are made by `tools/samples/make.py`; NOTICE has their licenses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from labelkit.annotations import AttributeIn, LabelIn, SchemaIn, SkeletonIn
from labelkit.project_types import PROJECT_TYPES

DATA = Path(__file__).parent / "data"
COLORS = ("#2457d6", "#c2410c", "#15803d", "#a21caf", "#b91c1c", "#0e7490", "#854d0e", "#4d7c0f", "#be185d", "#475569")


@dataclass(frozen=True)
class Sample:
    """A small dataset of one project type.

    `labels` are pairs of id and name; `shapes` and `skeletons` say more of those that need it, by id.
    """

    kind: str
    name: str
    dataset_name: str
    labels: tuple[tuple[str, str], ...]
    guideline: str
    shapes: dict[str, Any] = field(default_factory=dict)
    skeletons: dict[str, SkeletonIn] = field(default_factory=dict)
    attributes: tuple[AttributeIn, ...] = ()

    @property
    def file(self) -> Path:
        """The file that its items come out of: a zip of pictures, or lines of texts or rows."""
        suffix = ".zip" if PROJECT_TYPES[self.kind].media_type.is_file else ".jsonl"
        return DATA / f"{self.kind}{suffix}"

    @cached_property
    def values(self) -> dict[str, Any]:
        """The right annotation of each item, by the item's name."""
        values: dict[str, Any] = orjson.loads((DATA / f"{self.kind}.values.json").read_bytes())
        return values

    @property
    def schema(self) -> SchemaIn:
        """Its labels with colors and keys, and its attributes."""
        return SchemaIn(
            labels=[
                LabelIn(
                    id=label,
                    name=name,
                    color=COLORS[index % len(COLORS)],
                    key=name if len(name) == 1 else str((index + 1) % 10),
                    shape=self.shapes.get(label, ""),
                    skeleton=self.skeletons.get(label),
                )
                for index, (label, name) in enumerate(self.labels)
            ],
            attributes=list(self.attributes),
        )


def _row_of_points(*names: str, edges: Sequence[tuple[int, int]] = ()) -> SkeletonIn:
    return SkeletonIn(points=list(names), edges=list(edges) or [(index, index + 1) for index in range(len(names) - 1)])


_SAMPLES = (
    Sample(
        "classification",
        "Handwritten digits",
        "Digits, 30 pictures",
        tuple((str(digit), str(digit)) for digit in range(10)),
        "Choose the digit that the writer meant. The key of each label is the digit itself.\n\n"
        "- A **1** may have a foot, a **7** a bar.\n- In doubt between two, skip the picture and say why.\n",
    ),
    Sample(
        "multi_classification",
        "Board defects",
        "Circuit boards, 20 pictures",
        (
            ("missing-part", "Missing part"),
            ("scratch", "Scratch"),
            ("stain", "Stain"),
            ("solder-bridge", "Solder bridge"),
            ("no-defect", "No defect"),
        ),
        "Choose **every** defect that the board has, or *No defect* alone.\n\n"
        "| defect | look for |\n|---|---|\n| Missing part | pads without anything on them |\n"
        "| Scratch | a bright, thin line |\n| Stain | a brown patch |\n| Solder bridge | a blob across two pins |\n",
    ),
    Sample(
        "boxes",
        "Pedestrians",
        "Street camera, 24 frames",
        (("person", "Person"), ("cyclist", "Cyclist")),
        "Draw a box around **every person**, from head to feet, also where part of them is hidden.\n\n"
        "- One box for each person, even in a group.\n"
        "- Cyclists are `cyclist`, with their bicycle inside the box.\n"
        "- Skip a frame that cannot be judged, and say why.\n",
        attributes=(AttributeIn(id="hidden", name="Partly hidden", type="flag"),),
    ),
    Sample(
        "polygons",
        "Land use",
        "Fields from above, 16 pictures",
        (("field", "Field"), ("building", "Building"), ("water", "Water"), ("road", "Road")),
        "Outline each field, building and pond; follow the **middle** of the road with a line.\n\n"
        "- Two fields are two outlines, also where they have the same crop.\n"
        "- A roof is a building; its shadow is not.\n",
        shapes={"field": "polygon", "building": "polygon", "water": "polygon", "road": "polyline"},
    ),
    Sample(
        "keypoints",
        "Gauge reading",
        "Gauges, 20 pictures",
        (("gauge", "Gauge"),),
        "Four points for each gauge: the **hub**, the **tip** of the needle, and the **first** and **last** mark of "
        "the scale.\n\nThe reading follows from the angles between them.\n",
        skeletons={"gauge": _row_of_points("hub", "tip", "first mark", "last mark", edges=((0, 1), (0, 2), (0, 3)))},
    ),
    Sample(
        "masks",
        "Cell nuclei",
        "Micrograph, 16 pieces",
        (("nucleus", "Nucleus"),),
        "Paint **each nucleus** as a mask of its own, up to where its light ends.\n\n"
        "- Nuclei that touch are separate masks.\n- Bright, thin ones are dividing: they count too.\n",
    ),
    Sample(
        "mixed",
        "Board parts",
        "Circuit boards, 16 pictures with parts",
        (
            ("board", "Board"),
            ("chip", "Chip"),
            ("resistor", "Resistor"),
            ("capacitor", "Capacitor"),
            ("trace", "Gold trace"),
            ("connector", "Connector"),
            ("stain", "Stain"),
        ),
        "Outline the board, box every part with its pads, follow the gold trace, set a point on each pin of the "
        "connector, and paint stains.\n\nEmpty pads are not a part.\n",
        shapes={
            "board": "polygon",
            "chip": "box",
            "resistor": "box",
            "capacitor": "box",
            "trace": "polyline",
            "connector": "skeleton",
            "stain": "mask",
        },
        skeletons={"connector": _row_of_points("pin 1", "pin 2", "pin 3", "pin 4")},
    ),
    Sample(
        "text_classification",
        "Hotel reviews",
        "Hotel reviews, 24 texts",
        (("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")),
        "Judge the **stay as a whole**, not the tone. A review that states facts without praise or blame is "
        "*Neutral*.\n",
    ),
    Sample(
        "spans",
        "Names in the news",
        "Names in the news",
        (("person", "Person"), ("place", "Place"), ("group", "Organization"), ("works-in", "works in")),
        "Mark every **name**, without titles and particles. Draw *works in* from a person to a place with J.",
        shapes={"person": "span", "place": "span", "group": "span", "works-in": "relation"},
    ),
    Sample(
        "row_classification",
        "Iris species",
        "Iris flowers, 30 rows",
        (("setosa", "Setosa"), ("versicolor", "Versicolor"), ("virginica", "Virginica")),
        "Choose the species by the measures. *Setosa* has petals shorter than 2 cm; *Virginica* is the largest.\n",
    ),
    Sample(
        "row_number",
        "Apartment rents",
        "Apartments, 30 rows",
        (("rent", "Monthly rent"),),
        "Estimate the monthly rent in euros from the row. Apartments and rents are made up.\n",
    ),
)
SAMPLES = {sample.kind: sample for sample in _SAMPLES}
