"""Graph formats: what a model's graph returns for images, by the key of the annotation type that it predicts.

>>> sorted(GRAPH_FORMATS)
['boxes', 'classification', 'keypoints', 'masks']
>>> GRAPH_FORMATS["boxes"].select_outputs(["boxes", "classes", "scores", "extra"])
['scores', 'classes', 'boxes']
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelkit.messages import Message
from labelkit.model_outputs import GRAPHS, confident_regions, regions_value
from labelkit.values import RegionsAnnotation, score_of

Outputs = Mapping[str, NDArray[np.float32]]
DEFAULT_GRAPH_FORMAT = "classification"  # of models whose metadata names none


@dataclass(frozen=True)
class GraphFormat:
    """The outputs of a graph for (n, size, size, 3) pixels, and how to read them.

    Attributes:
        key: Of the annotation type.
        names: Of the outputs.
        has_any_name: Whether the one output may have any name, as those of classifiers do.
        decode: The outputs of one image, the label ids and (width, height) to what `AnnotationType.from_prediction`
            takes.
        top_confidence: Of what `decode` returns: that of the most confident class or region, also where no region is
            confident enough to be shown; 0 where there is none.
        confident_parts: Of what `decode` returns: the regions confident enough to be shown, with their scores; None of
            classes.
        find_shape_problem: What is wrong with the shapes of one image's outputs, given the number of labels; empty
            where nothing is.
    """

    key: str
    names: tuple[str, ...]
    has_any_name: bool
    decode: Callable[[Outputs, list[str], tuple[int, int]], Any]
    top_confidence: Callable[[Any], float]
    confident_parts: Callable[[Any], list[Any] | None]
    find_shape_problem: Callable[[Outputs, int], str]

    def select_outputs(self, available: Sequence[str]) -> list[str]:
        """The graph's names for `names`, in that order.

        Raises:
            ValueError: outputs are missing.
        """
        if self.has_any_name:
            return list(available[: len(self.names)])
        if missing := sorted(set(self.names) - set(available)):
            raise ValueError(
                Message("The model has no output {names}, which {key} needs.", names=", ".join(missing), key=self.key)
            )
        return list(self.names)

    def by_image(self, arrays: Sequence[NDArray[Any]]) -> list[dict[str, NDArray[np.float32]]]:
        """Outputs in the order of `names`, each with first axis n, as n dictionaries."""
        outputs = [np.asarray(array, dtype=np.float32) for array in arrays[: len(self.names)]]
        return [dict(zip(self.names, row, strict=True)) for row in zip(*outputs, strict=True)]


def _class_probabilities(outputs: Outputs, labels: list[str], size: tuple[int, int]) -> NDArray[np.float32]:
    return outputs["probabilities"]


def _top_region_score(candidates: RegionsAnnotation) -> float:
    return max((float(score_of(region)) for region in candidates["regions"]), default=0.0)


def _probabilities_problem(outputs: Outputs, label_count: int) -> str:
    shape = outputs["probabilities"].shape
    expected = f"one number for each of {label_count} labels"
    return (
        ""
        if shape == (label_count,)
        else Message("{shape} for an image; expected {expected}", shape=shape, expected=expected)
    )


def _masks_problem(outputs: Outputs, label_count: int) -> str:
    shape = outputs["shares"].shape
    fits = len(shape) == 3 and shape[0] == label_count + 1
    return (
        ""
        if fits
        else Message(
            "{shape} for an image; expected ({channels}, height, width)", shape=shape, channels=label_count + 1
        )
    )


def _objects_problem(places: str, width: int | None) -> Callable[[Outputs, int], str]:
    def find_problem(outputs: Outputs, label_count: int) -> str:
        objects, last = outputs["scores"].shape, outputs[places].shape
        fits = outputs["classes"].shape == objects and last[:-1] == objects and width in (None, last[-1])
        return (
            "" if fits else Message("the shapes {objects} and {last}, which do not match", objects=objects, last=last)
        )

    return find_problem


def _regions_format(key: str, find_shape_problem: Callable[[Outputs, int], str]) -> GraphFormat:
    def decode(outputs: Outputs, labels: list[str], size: tuple[int, int]) -> RegionsAnnotation:
        return regions_value(key, outputs, labels, size)

    return GraphFormat(key, GRAPHS[key], False, decode, _top_region_score, confident_regions, find_shape_problem)


_FORMATS = (
    GraphFormat(
        "classification",
        GRAPHS["classification"],
        True,
        _class_probabilities,
        lambda probabilities: float(probabilities.max()),
        lambda probabilities: None,
        _probabilities_problem,
    ),
    _regions_format("boxes", _objects_problem("boxes", 4)),
    _regions_format("keypoints", _objects_problem("points", None)),
    _regions_format("masks", _masks_problem),
)
GRAPH_FORMATS: dict[str, GraphFormat] = {graph_format.key: graph_format for graph_format in _FORMATS}
