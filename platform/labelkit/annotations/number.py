"""A number for an item: `{"number": 12.5}`. The project's one label names the quantity and its unit."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from labelkit.annotations.base import AnnotationType, EditorForm, ModelOutput, Prediction, Schema
from labelkit.annotations.differences import PartDifference, difference_of_pair
from labelkit.geometries import Frame
from labelkit.validation import StrictModel, validate_model
from labelkit.values import NumberAnnotation

CLOSE = 0.05  # two numbers agree where they differ by less than this share


class NumberValue(StrictModel):
    """Any finite number."""

    number: Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]


class Number(AnnotationType[NumberAnnotation, float]):
    """What is to be estimated: a price, a demand, a time."""

    key = "number"
    label_path = "$.label"
    editor_form: ClassVar[EditorForm] = "number"
    model_output: ClassVar[ModelOutput] = "number"
    learns_labels: ClassVar[bool] = False  # its one label names the quantity

    def validate(self, value: object, *, schema: Schema, frame: Frame) -> NumberAnnotation:
        """See `AnnotationType`."""
        return {"number": validate_model(NumberValue, value).number}

    def training_target(self, value: NumberAnnotation) -> float:
        """The number."""
        return float(value["number"])

    def exact_output(self, value: NumberAnnotation, labels: Sequence[str]) -> float:
        """The number."""
        return float(value["number"])

    def from_prediction(self, output: float, labels: Sequence[str]) -> Prediction:
        """The number."""
        return Prediction({"number": float(output)})

    def differences(self, first: NumberAnnotation, second: NumberAnnotation) -> list[PartDifference]:
        """See `AnnotationType`."""
        return [difference_of_pair("item", first, second, self.similarity(first, second))]

    def similarity(self, first: NumberAnnotation, second: NumberAnnotation) -> float:
        """1 less the difference as a share of the larger one."""
        a, b = first["number"], second["number"]
        size = max(abs(a), abs(b))
        return max(0.0, 1 - abs(a - b) / size) if size else 1.0

    def find_consensus(self, values: Sequence[NumberAnnotation]) -> tuple[NumberAnnotation, float]:
        """The median, and the share of people who are close to it as the confidence."""
        numbers = np.array([value["number"] for value in values], dtype=np.float64)
        median = float(np.median(numbers))
        near = np.abs(numbers - median) <= CLOSE * np.maximum(np.abs(numbers), abs(median))
        return {"number": median}, float(near.mean())
