"""Regions of a picture: `{"regions": [{"id", "label", "shape", …}]}`, each kind with the geometries that it allows."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Annotated, Any, ClassVar, Literal, Union

from pydantic import Field, create_model, model_validator

from labelkit.annotations import matching
from labelkit.annotations.base import (
    EditorForm,
    ModelOutput,
    Prediction,
    Schema,
    find_attribute_problem,
    invalid_at,
    majority_vote,
)
from labelkit.annotations.parts import LabeledParts, free_id
from labelkit.geometries import GEOMETRIES, Frame, Region
from labelkit.geometries.mask import MaskRegion, coarse_mask
from labelkit.geometries.tangles import CROSSINGS, CROSSINGS_OF_ANSWER
from labelkit.messages import Message
from labelkit.model_outputs import confident_regions, regions_value
from labelkit.rle import MAX_LINES
from labelkit.targets import RegionTarget
from labelkit.validation import StrictModel, validate_model
from labelkit.values import RegionsAnnotation, RegionValue, with_scores

MAX_REGIONS = 20_000
SKETCHED_REGIONS, SKETCHED_POINTS, SKETCHED_CELLS = 100, 60, 64  # at most, on a thumbnail; cells across a mask


class _RegionsValue(StrictModel):
    """No region at all is an answer too."""

    regions: list[Any]

    @model_validator(mode="before")
    @classmethod
    def _plain_is_a_box(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("regions"), list):
            rows = [{"shape": "box", **row} if isinstance(row, dict) else row for row in data["regions"]]
            return {**data, "regions": rows}
        return data


@lru_cache
def _value_model(geometries: tuple[str, ...]) -> type[_RegionsValue]:
    models = tuple(GEOMETRIES[key].model for key in geometries)
    region: Any = models[0] if len(models) == 1 else Annotated[Union[models], Field(discriminator="shape")]  # noqa: UP007
    return create_model("RegionsValue", __base__=_RegionsValue, regions=(list[region], Field(max_length=MAX_REGIONS)))


class RegionSimilarity:
    """Similarity of two regions; 0 where their geometries differ."""

    def __call__(self, first: RegionValue, second: RegionValue) -> float:
        """See `matching.Similarity`."""
        a, b = geometry_key(first), geometry_key(second)
        return GEOMETRIES[a].similarity(first, second) if a == b else 0.0

    def comparable_regions(
        self, first: Sequence[RegionValue], second: Sequence[RegionValue]
    ) -> Iterator[matching.ComparableRegions]:
        """A group for each geometry."""
        for key, rows, columns in matching.indices_by_geometry(first, second, geometry_key):
            geometry = GEOMETRIES[key]
            yield matching.ComparableRegions(
                rows,
                columns,
                geometry.prepare([first[k] for k in rows.tolist()]),
                geometry.prepare([second[k] for k in columns.tolist()]),
                geometry.similarities,
            )


def geometry_key(region: RegionValue) -> str:
    """The key of its geometry; annotations from before there were others have none."""
    key: str = region.get("shape", "box")
    return key


region_similarity = RegionSimilarity()


class Regions(LabeledParts[RegionValue]):
    """Shapes on a picture."""

    label_path = "$.regions[*].label"
    lists: ClassVar[tuple[str, ...]] = ("regions",)
    coordinates: ClassVar[str] = "pixels"
    editor_form: ClassVar[EditorForm] = "regions"
    model_output: ClassVar[ModelOutput] = "regions"
    same_mark: ClassVar[matching.Similarity[Any]] = region_similarity
    near_mark: ClassVar[matching.Similarity[Any]] = region_similarity

    def __init__(self, key: str, geometries: tuple[str, ...]) -> None:
        self.key = key  # type: ignore[misc]  # one class, several types
        self.geometries = geometries  # type: ignore[misc]

    def validate(self, value: object, *, schema: Schema, frame: Frame) -> RegionsAnnotation:
        """See `AnnotationType`; coordinates are kept to a hundredth of a pixel."""
        parsed = validate_model(_value_model(self.geometries), value)
        ids: set[str] = set()
        for number, region in enumerate(parsed.regions):
            if problem := _find_problem(region, schema, frame, ids):
                raise invalid_at(f"value.regions.{number}", problem)
            ids.add(region.id)
        _check_crossings(parsed.regions)
        _check_lines(parsed.regions)
        return {"regions": [region.canonical() for region in parsed.regions]}

    def geometry_of(self, name: str, part: RegionValue) -> str:
        """See `LabeledParts`."""
        return geometry_key(part)

    def lies_in_pixels(self, value: RegionsAnnotation) -> bool:
        """See `AnnotationType`."""
        return bool(value.get("regions"))

    def scale(self, value: RegionsAnnotation, across: float, down: float) -> RegionsAnnotation:
        """See `AnnotationType`; a region of a geometry that is not known stays, and `validate` refuses it."""
        regions: list[Any] = [
            GEOMETRIES[shape].scale(region, across, down) if (shape := geometry_key(region)) in GEOMETRIES else region
            for region in value["regions"]
        ]
        return {**value, "regions": regions}

    def sketch(self, value: RegionsAnnotation) -> list[dict[str, object]]:
        """See `AnnotationType`."""
        return [_sketched(region) for region in islice(value["regions"], SKETCHED_REGIONS)]

    def sketch_part(self, part: Mapping[str, Any]) -> dict[str, object]:
        """See `AnnotationType`; its attributes stay."""
        attributes = part.get("attributes")
        return _sketched(part) | ({"attributes": attributes} if attributes else {})  # type: ignore[arg-type]  # a TypedDict

    def training_target(self, value: RegionsAnnotation) -> list[RegionTarget]:
        """A target for each region."""
        return [GEOMETRIES[geometry_key(region)].to_target(region) for region in value["regions"]]

    def exact_output(self, value: RegionsAnnotation, labels: Sequence[str]) -> RegionsAnnotation:
        """Each region with score 1."""
        return {"regions": with_scores(value["regions"])}

    def output_of_graph(
        self, outputs: Mapping[str, Any], labels: Sequence[str], size: tuple[int, int]
    ) -> RegionsAnnotation:
        """See `regions_value`."""
        return regions_value(self.key, outputs, list(labels), size)

    def from_prediction(self, output: RegionsAnnotation, labels: Sequence[str]) -> Prediction:
        """The regions that are sure enough to be shown, the surest first."""
        return self._prediction_of(confident_regions(output))

    def similarity(self, first: RegionsAnnotation, second: RegionsAnnotation) -> float:
        """F1 of regions matched at similarity 0.5 with the same label."""
        return matching.f1(first["regions"], second["regions"], region_similarity)

    def find_consensus(self, values: Sequence[RegionsAnnotation]) -> tuple[RegionsAnnotation, float]:
        """Regions that at least half marked, averaged; the confidence is the mean over all that anybody marked."""
        regions: dict[str, Any] = {}
        confidences = []
        for group in matching.clusters([value["regions"] for value in values], region_similarity):
            share = len(group) / len(values)
            confidences.append(max(share, 1 - share))
            if 2 * share >= 1:
                label, _ = majority_vote([region["label"] for region in group])
                first = next(region for region in group if region["label"] == label)
                region_id = free_id(first["id"], regions)
                regions[region_id] = {**first, **GEOMETRIES[first["shape"]].average(group), "id": region_id}
        confidence = sum(confidences) / len(confidences) if confidences else 1.0
        return {"regions": list(regions.values())}, confidence


def _sketched(region: RegionValue) -> dict[str, object]:
    fields: dict[str, object] = {**region}
    sketch: dict[str, object] = {
        key: fields[key] for key in ("label", "shape", "x", "y", "w", "h", "angle") if key in fields
    }
    if geometry_key(region) == "mask":
        return sketch | coarse_mask(region, SKETCHED_CELLS)  # type: ignore[arg-type]
    points = fields.get("points")
    if isinstance(points, list):
        step = 1 if geometry_key(region) == "skeleton" else -(-len(points) // SKETCHED_POINTS)
        sketch["points"] = points[::step]
    return sketch


def _check_crossings(regions: Sequence[Region]) -> None:
    """Refuse what could not be compared with another answer within a request's time."""
    total = 0
    for number, region in enumerate(regions):
        count = region.crossings()
        if count > CROSSINGS:
            message = Message(
                ("its outline crosses itself more than {crossings} times: draw several regions or a simpler one"),
                crossings=CROSSINGS,
            )
            raise invalid_at(f"value.regions.{number}", message)
        total += count
        if total > CROSSINGS_OF_ANSWER:
            message = Message(
                ("up to this region, outlines cross themselves more than {crossings_of_answer:,} times in total"),
                crossings_of_answer=CROSSINGS_OF_ANSWER,
            )
            raise invalid_at(f"value.regions.{number}", message)


def _check_lines(regions: Sequence[Region]) -> None:
    """Refuse masks of so many rows and runs that an average of them would take long: a few runs may be many rows."""
    total = 0
    for number, region in enumerate(regions):
        if isinstance(region, MaskRegion):
            total += region.h + len(region.rle)
        if total > MAX_LINES:
            message = Message("up to this mask, masks have more than {lines:,} rows and runs in total", lines=MAX_LINES)
            raise invalid_at(f"value.regions.{number}", message)


def _find_problem(region: Region, schema: Schema, frame: Frame, ids: set[str]) -> str:
    label = schema.labels.get(region.label)
    if label is None:
        return Message("this project has no label “{label}”", label=region.label)
    if region.id in ids:
        return Message("two regions have the id “{id}”", id=region.id)
    if label.get("shape") and label["shape"] != region.shape:
        return Message("the label “{label}” is for the shape {shape}", label=region.label, shape=label["shape"])
    skeleton = label.get("skeleton")
    keypoints = skeleton.get("points") if skeleton else None
    if region.shape == "skeleton" and keypoints and len(keypoints) != len(region.points):  # type: ignore[attr-defined]
        return Message(
            "the number of keypoints of the label “{label}” is {count}", label=region.label, count=len(keypoints)
        )
    return region.outside(frame) or find_attribute_problem(region.attributes, region.label, schema)


BOXES: Literal["boxes"] = "boxes"
REGION_TYPES = (
    Regions(BOXES, ("box",)),
    Regions("polygons", ("polygon", "polyline")),
    Regions("keypoints", ("skeleton",)),
    Regions("masks", ("mask",)),
    Regions("mixed", tuple(GEOMETRIES)),
)
