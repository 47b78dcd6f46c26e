"""An annotation type that only this module knows, `{"grade": "calm"}`, and its project type: a grade for a series."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from labelkit.annotations import AnnotationType, Schema
from labelkit.annotations.base import ModelOutput, Prediction, invalid_at, majority_vote
from labelkit.geometries import Frame
from labelkit.project_types import ProjectType
from labelkit.targets import one_hot
from labelkit.validation import StrictModel, validate_model
from tests.toys.toy_series import SeriesMedia


class GradeValue(StrictModel):
    """The grade's label id."""

    grade: str


class Grade(AnnotationType):
    """A grade for a series."""

    key: ClassVar[str] = "grade"
    label_path: ClassVar[str] = "$.grade"
    is_single_class: ClassVar[bool] = True
    model_output: ClassVar[ModelOutput] = "classes"

    def validate(self, value: Any, *, schema: Schema, frame: Frame) -> dict[str, Any]:
        """See `AnnotationType`."""
        grade = validate_model(GradeValue, value).grade
        if grade not in schema.labels:
            raise invalid_at("value.grade", f"there is no label {grade!r} in this project")
        return {"grade": grade}

    def is_readable(self, value: Any) -> bool:
        """See `AnnotationType`."""
        return isinstance(value, dict) and isinstance(value.get("grade", ""), str)

    def labels_used(self, value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """See `AnnotationType`."""
        if "grade" in value:
            yield value["grade"], ""

    def relabel(self, value: Mapping[str, Any], moves: Mapping[str, str | None]) -> dict[str, Any]:
        """See `AnnotationType`."""
        if "grade" not in value:
            return dict(value)
        grade = moves.get(value["grade"], value["grade"])
        return {} if grade is None else {"grade": grade}

    def class_of(self, value: dict[str, Any]) -> str:
        """The grade."""
        return str(value["grade"])

    def with_class(self, label: str) -> dict[str, Any]:
        """See `AnnotationType`."""
        return {"grade": label}

    def training_target(self, value: dict[str, Any]) -> Any:
        """The grade's label id."""
        return value["grade"]

    def exact_output(self, value: dict[str, Any], labels: Sequence[str]) -> Any:
        """See `AnnotationType`."""
        return one_hot(value["grade"], list(labels))

    def from_prediction(self, output: Any, labels: Sequence[str]) -> Prediction:
        """The most probable grade."""
        best = labels[int(output.argmax())]
        return Prediction(self.with_class(best), best, float(output.max()), [float(share) for share in output])

    def split_by_label(self, value: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
        """See `AnnotationType`."""
        return {value["grade"]: dict(value)}, {"grade": ""}

    def label_pairs(self, first: dict[str, Any], second: dict[str, Any]) -> list[tuple[str, str]]:
        """Both grades."""
        return [(first["grade"], second["grade"])]

    def similarity(self, first: dict[str, Any], second: dict[str, Any]) -> float:
        """1 where the grades are the same."""
        return float(first["grade"] == second["grade"])

    def find_consensus(self, values: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], float]:
        """The majority."""
        grade, confidence = majority_vote([value["grade"] for value in values])
        return {"grade": grade}, confidence


GRADES = ProjectType("grade", "A grade for each series", SeriesMedia(), Grade(), min_agreement=0.7)
