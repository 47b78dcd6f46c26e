"""Answers made of lists of parts, each with a label: regions of a picture, spans of a text."""

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from labelkit.annotations import matching
from labelkit.annotations.base import AnnotationType, Prediction
from labelkit.model_outputs import without_scores


def free_id(wanted: str, taken: Container[str]) -> str:
    """An id of up to 40 characters that is not taken: clients of several people may have made the same one."""
    free, number = wanted, 2
    while free in taken:
        suffix = f"-{number}"
        free, number = wanted[: 40 - len(suffix)] + suffix, number + 1
    return free


class LabeledParts(AnnotationType):
    """`lists` names the lists of an answer; the first has what people mark, others relations between them."""

    lists: ClassVar[tuple[str, ...]]
    same_mark: ClassVar[matching.Similarity]  # 0.5 and more where two marks are of the same thing

    def geometry_of(self, name: str, part: Mapping[str, Any]) -> str:
        """The geometry of a part of the list `name`."""
        raise NotImplementedError

    def is_readable(self, value: Any) -> bool:
        """See `AnnotationType`: every list is one, of objects with a label each."""
        return isinstance(value, dict) and all(
            isinstance(parts := value.get(name, []), list)
            and all(isinstance(part, dict) and isinstance(part.get("label"), str) for part in parts)
            for name in self.lists
        )

    def labels_used(self, value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """See `AnnotationType`."""
        for name in self.lists:
            for part in value.get(name, ()):
                yield part["label"], self.geometry_of(name, part)

    def relabel(self, value: Mapping[str, Any], moves: Mapping[str, str | None]) -> dict[str, Any]:
        """See `AnnotationType`."""
        relabeled = dict(value)
        for name in self.lists:
            if name in relabeled:
                pairs = [(part, moves.get(part["label"], part["label"])) for part in relabeled[name]]
                relabeled[name] = [{**part, "label": label} for part, label in pairs if label is not None]
        return relabeled

    def map_attributed(
        self, value: Mapping[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> dict[str, Any]:
        """See `AnnotationType`."""
        changed, marks = change(dict(value)), self.lists[0]
        if marks in changed:
            changed[marks] = [change(part) for part in changed[marks]]
        return changed

    def summarize(self, value: dict[str, Any]) -> dict[str, Any]:
        """How many marks there are of each label."""
        return {"counts": dict(Counter(part["label"] for part in value[self.lists[0]]))}

    def split_by_label(self, value: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
        """See `AnnotationType`; split once: looking for each label by itself would cost labels times marks."""
        nothing: dict[str, Any] = {name: [] for name in self.lists}
        marks = self.lists[0]
        parts: dict[str, dict[str, Any]] = {}
        for mark in value[marks]:
            parts.setdefault(mark["label"], {name: [] for name in self.lists})[marks].append(mark)
        return parts, nothing

    def label_pairs(self, first: dict[str, Any], second: dict[str, Any]) -> list[tuple[str, str]]:
        """Labels of the marks that are of the same thing."""
        a, b = first[self.lists[0]], second[self.lists[0]]
        return [(a[i]["label"], b[j]["label"]) for i, j in matching.pairs(a, b, self.same_mark)]

    def _prediction_of(self, parts: Sequence[dict[str, Any]]) -> Prediction:
        """A prediction of these parts: the label is that of the first, the confidence that of the least certain."""
        value: dict[str, Any] = {name: [] for name in self.lists} | {self.lists[0]: without_scores(parts)}
        scores = [float(part.get("score", 1.0)) for part in parts]
        return Prediction(value, parts[0]["label"] if parts else "", min(scores) if scores else None)
