"""Answers made of lists of parts, each with a label: regions of a picture, spans of a text."""

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Generic

from labelkit.annotations import matching
from labelkit.annotations.base import AnnotationType, Prediction
from labelkit.annotations.differences import PartDifference, differences_of_parts
from labelkit.values import Part, score_of, with_label, without_scores

Lists = dict[str, list[Part]]


def free_id(wanted: str, taken: Container[str]) -> str:
    """An id of up to 40 characters that is not taken: clients of several people may have made the same one."""
    free, number = wanted, 2
    while free in taken:
        suffix = f"-{number}"
        free, number = wanted[: 40 - len(suffix)] + suffix, number + 1
    return free


class LabeledParts(AnnotationType[Lists[Part], Lists[Part]], Generic[Part]):
    """`lists` names the lists of an answer; the first has what people mark, others relations between them."""

    lists: ClassVar[tuple[str, ...]]
    same_mark: ClassVar[matching.Similarity[Any]]  # 0.5 and more where two marks are of the same thing
    near_mark: ClassVar[matching.Similarity[Any]]  # how well two marks lie on each other

    def geometry_of(self, name: str, part: Part) -> str:
        """The geometry of a part of the list `name`."""
        raise NotImplementedError

    def is_readable(self, value: object) -> bool:
        """See `AnnotationType`: every list is one, of objects with a label each."""
        return isinstance(value, dict) and all(
            isinstance(parts := value.get(name, []), list)
            and all(isinstance(part, dict) and isinstance(part.get("label"), str) for part in parts)
            for name in self.lists
        )

    def labels_used(self, value: Lists[Part]) -> Iterator[tuple[str, str]]:
        """See `AnnotationType`."""
        for name in self.lists:
            for part in value.get(name, []):
                yield part["label"], self.geometry_of(name, part)

    def relabel(self, value: Lists[Part], moves: Mapping[str, str | None]) -> Lists[Part]:
        """See `AnnotationType`."""
        relabeled = dict(value)
        for name in self.lists:
            if name in relabeled:
                pairs = [(part, moves.get(part["label"], part["label"])) for part in relabeled[name]]
                relabeled[name] = [with_label(part, label) for part, label in pairs if label is not None]
        return relabeled

    def map_attributed(
        self, value: Lists[Part], change: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> dict[str, object]:
        """See `AnnotationType`."""
        changed, marks = change(dict(value)), self.lists[0]
        if marks in changed:
            changed[marks] = [change(part) for part in changed[marks]]
        return changed

    def summarize(self, value: Lists[Part]) -> dict[str, object]:
        """How many marks there are of each label."""
        return {"counts": dict(Counter(part["label"] for part in value[self.lists[0]]))}

    def split_by_label(self, value: Lists[Part]) -> tuple[dict[str, Lists[Part]], Lists[Part]]:
        """See `AnnotationType`; split once: looking for each label by itself would cost labels times marks."""
        nothing: Lists[Part] = {name: [] for name in self.lists}
        marks = self.lists[0]
        parts: dict[str, Lists[Part]] = {}
        for mark in value[marks]:
            parts.setdefault(mark["label"], {name: [] for name in self.lists})[marks].append(mark)
        return parts, nothing

    def label_pairs(self, first: Lists[Part], second: Lists[Part]) -> list[tuple[str, str]]:
        """Labels of the marks that are of the same thing."""
        a, b = first[self.lists[0]], second[self.lists[0]]
        return [(a[i]["label"], b[j]["label"]) for i, j in matching.pairs(a, b, self.same_mark)]

    def differences(self, first: Lists[Part], second: Lists[Part]) -> list[PartDifference]:
        """See `AnnotationType`: of the marks."""
        name, a, b = self.lists[0], first[self.lists[0]], second[self.lists[0]]
        return differences_of_parts(
            name.removesuffix("s"), a, b, matching.pairs(a, b, self.near_mark),
            kind_of=lambda mark: self.geometry_of(name, mark), similarity=self.near_mark,
        )  # fmt: skip

    def _prediction_of(self, parts: Sequence[Part]) -> Prediction:
        """A prediction of these parts: the label is that of the first, the confidence that of the least certain."""
        value: Lists[Part] = {name: [] for name in self.lists} | {self.lists[0]: without_scores(parts)}
        scores = [float(score_of(part)) for part in parts]
        return Prediction(value, parts[0]["label"] if parts else "", min(scores) if scores else None)
