"""Regions of a picture: `{"regions": [{"id", "label", "shape", …}]}`, each kind with the shapes that it allows."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, Union

from pydantic import Field, create_model, model_validator

from labelkit.annotations import matching
from labelkit.annotations.base import ModelOutput, Prediction, Schema, attribute_problem, majority, refuse
from labelkit.annotations.parts import LabeledParts, free_id
from labelkit.geometries import SHAPES, Frame, Region
from labelkit.geometries.tangles import CROSSINGS, CROSSINGS_OF_ANSWER
from labelkit.model_outputs import shown
from labelkit.validation import StrictModel, validate

MAX_REGIONS = 20_000


class _Answer(StrictModel):
    """No region at all is an answer too."""

    regions: list[Any]

    @model_validator(mode="before")
    @classmethod
    def _plain_is_a_box(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("regions"), list):
            rows = [{"shape": "box", **one} if isinstance(one, dict) else one for one in data["regions"]]
            return {**data, "regions": rows}
        return data


@lru_cache
def _answer_of(shapes: tuple[str, ...]) -> type[_Answer]:
    models = tuple(SHAPES[key].model for key in shapes)
    region: Any = models[0] if len(models) == 1 else Annotated[Union[models], Field(discriminator="shape")]  # noqa: UP007
    return create_model("Answer", __base__=_Answer, regions=(list[region], Field(max_length=MAX_REGIONS)))


class RegionLikeness:
    """Likeness of two regions of one shape; 0 where the shapes differ."""

    def __call__(self, one: dict[str, Any], other: dict[str, Any]) -> float:
        """See `matching.Likeness`."""
        a, b = _shape(one), _shape(other)
        return SHAPES[a].likeness(one, other) if a == b else 0.0

    def sorts(self, one: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]]) -> Iterator[matching.Sort]:
        """One for each shape."""
        for key, rows, columns in matching.by_sort(one, other, _shape):
            shape = SHAPES[key]
            yield matching.Sort(
                rows,
                columns,
                shape.prepare([one[k] for k in rows.tolist()]),
                shape.prepare([other[k] for k in columns.tolist()]),
                shape.likenesses,
            )


def _shape(region: Mapping[str, Any]) -> str:
    shape: str = region.get("shape", "box")
    return shape


region_likeness = RegionLikeness()


class Regions(LabeledParts):
    """Shapes on a picture."""

    label_path = "$.regions[*].label"
    lists: ClassVar[tuple[str, ...]] = ("regions",)
    model_output: ClassVar[ModelOutput] = "regions"
    same_mark: ClassVar[matching.Likeness] = region_likeness

    def __init__(self, key: str, shapes: tuple[str, ...]) -> None:
        self.key = key  # type: ignore[misc]  # one class, several kinds
        self.shapes = shapes  # type: ignore[misc]

    def check(self, value: Any, *, schema: Schema, frame: Frame) -> dict[str, Any]:
        """See `AnnotationType`; coordinates are kept to a hundredth of a pixel."""
        answer = validate(_answer_of(self.shapes), value)
        seen: set[str] = set()
        for number, region in enumerate(answer.regions):
            if problem := _problem(region, schema, frame, seen):
                raise refuse(f"value.regions.{number}", problem)
            seen.add(region.id)
        _check_crossings(answer.regions)
        return {"regions": [region.canonical() for region in answer.regions]}

    def geometry_of(self, name: str, part: Mapping[str, Any]) -> str:
        """See `LabeledParts`."""
        return _shape(part)

    def lies_in_pixels(self, value: Mapping[str, Any]) -> bool:
        """See `AnnotationType`."""
        return bool(value.get("regions"))

    def scale(self, value: Mapping[str, Any], across: float, down: float) -> dict[str, Any]:
        """See `AnnotationType`; a region of a geometry that is not known stays, and `check` refuses it."""
        regions = [
            SHAPES[shape].scale(region, across, down) if (shape := _shape(region)) in SHAPES else region
            for region in value["regions"]
        ]
        return {**value, "regions": regions}

    def from_prediction(self, output: Any, labels: Sequence[str]) -> Prediction:
        """The regions that are sure enough to be shown, the surest first."""
        return self._proposed(shown(output))

    def likeness(self, one: dict[str, Any], other: dict[str, Any]) -> float:
        """F1 of regions matched at likeness 0.5 with the same label."""
        return matching.f1(one["regions"], other["regions"], region_likeness)

    def merge(self, values: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], float]:
        """Regions that at least half marked, averaged; the share is the mean over all that anybody marked."""
        kept: dict[str, dict[str, Any]] = {}
        shares = []
        for group in matching.clusters([one["regions"] for one in values], region_likeness):
            share = len(group) / len(values)
            shares.append(max(share, 1 - share))
            if 2 * share >= 1:
                label, _ = majority([region["label"] for region in group])
                first = next(region for region in group if region["label"] == label)
                own = free_id(first["id"], kept)
                kept[own] = {**first, **SHAPES[first["shape"]].average(group), "id": own}
        return {"regions": list(kept.values())}, sum(shares) / len(shares) if shares else 1.0


def _check_crossings(regions: Sequence[Region]) -> None:
    """Refuse what could not be compared with another answer within a request's time."""
    total = 0
    for number, region in enumerate(regions):
        found = region.crossings()
        if found > CROSSINGS:
            message = f"its line crosses itself more than {CROSSINGS} times: draw several regions, or a simpler one"
            raise refuse(f"value.regions.{number}", message)
        total += found
        if total > CROSSINGS_OF_ANSWER:
            message = (
                f"up to this one, the lines of the regions cross themselves more than {CROSSINGS_OF_ANSWER:,} times"
            )
            raise refuse(f"value.regions.{number}", message)


def _problem(region: Region, schema: Schema, frame: Frame, seen: set[str]) -> str:
    label = schema.labels.get(region.label)
    if label is None:
        return f"there is no label {region.label!r} in this project"
    if region.id in seen:
        return f"two regions have the id {region.id!r}"
    if label.get("shape") and label["shape"] != region.shape:
        return f"the label {region.label!r} is for the shape {label['shape']}"
    named = (label.get("skeleton") or {}).get("points")
    if region.shape == "skeleton" and named and len(named) != len(region.points):  # type: ignore[attr-defined]
        return f"the label {region.label!r} has {len(named)} keypoints"
    return region.outside(frame) or attribute_problem(region.attributes, region.label, schema)


BOXES: Literal["boxes"] = "boxes"
REGION_TYPES = (
    Regions(BOXES, ("box",)),
    Regions("polygons", ("polygon", "polyline")),
    Regions("keypoints", ("skeleton",)),
    Regions("masks", ("mask",)),
    Regions("shapes", tuple(SHAPES)),
)
