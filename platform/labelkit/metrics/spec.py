"""A metric as servers and screens know it."""

from dataclasses import dataclass
from typing import Literal

from labelkit.annotations.base import AnnotationType
from labelkit.metrics.scores import Scores

Unit = Literal["fraction", "annotation"]


@dataclass(frozen=True)
class MetricSpec:
    """One metric of a model's outputs beside the truth.

    Attributes:
        key: Name in stored evaluations and in the API.
        title: Name on the screens.
        description: What it is, in a sentence.
        scores: The class that computes it, with others from the same comparison; says which annotation types it is for.
        higher_is_better: False for errors.
        unit: `fraction` for 0 to 1, shown in percent; `annotation` for the unit of the annotated number.
    """

    key: str
    title: str
    description: str
    scores: type[Scores]
    higher_is_better: bool = True
    unit: Unit = "fraction"

    @property
    def range(self) -> tuple[float, float | None]:
        """Lowest and highest value; None where there is no highest."""
        return 0.0, (1.0 if self.unit == "fraction" else None)

    def applies_to(self, annotation_type: AnnotationType) -> bool:
        """Whether it can be computed for annotations of this type."""
        return self.scores.applies_to(annotation_type)
