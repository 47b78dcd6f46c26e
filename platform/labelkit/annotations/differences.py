"""Two annotations of one item set against each other, part by part."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Change = Literal["label", "geometry", "attributes", "value"]
DifferenceState = Literal["same", "changed", "only_first", "only_second"]
SAME_GEOMETRY = 0.9999  # similarity from which nothing has moved: coordinates are kept to a hundredth of a pixel


@dataclass(frozen=True)
class PartDifference:
    """The item itself, or one thing that was marked on it, in two annotations.

    Attributes:
        part: `item`, `region`, `span` or `relation`.
        first: The part of the first annotation; None where only the second one has it.
        second: The part of the second annotation; None where only the first one has it.
        similarity: Of their geometry, 0 to 1; None where one of them is missing, or where they have none.
        changes: In what they differ.
    """

    part: str
    first: Mapping[str, Any] | None
    second: Mapping[str, Any] | None
    similarity: float | None = None
    changes: tuple[Change, ...] = ()

    @property
    def state(self) -> DifferenceState:
        """Which of both has it, and whether it is the same."""
        if self.second is None:
            return "only_first"
        if self.first is None:
            return "only_second"
        return "changed" if self.changes else "same"


def difference_of_pair(
    part: str,
    first: Mapping[str, Any],
    second: Mapping[str, Any],
    similarity: float | None = None,
    *,
    compare_values: bool = False,
) -> PartDifference:
    """Two parts that mark the same thing; with `compare_values`, whatever else they say is compared, too."""
    others = [{key: part[key] for key in part.keys() - {"label", "attributes"}} for part in (first, second)]
    differs: dict[Change, bool] = {
        "label": first.get("label") != second.get("label"),
        "geometry": similarity is not None and similarity < SAME_GEOMETRY,
        "attributes": (first.get("attributes") or {}) != (second.get("attributes") or {}),
        "value": compare_values and others[0] != others[1],
    }
    return PartDifference(part, first, second, similarity, tuple(change for change in differs if differs[change]))


def differences_of_parts(
    part: str,
    first: Sequence[Mapping[str, Any]],
    second: Sequence[Mapping[str, Any]],
    matched: Sequence[tuple[int, int]],
    *,
    kind_of: Callable[[Any], str],
    similarity: Callable[[Any, Any], float] | None = None,
) -> list[PartDifference]:
    """All parts of both: those that are `matched`, those of one id that moved too far for that, and the others."""
    taken_first, taken_second = ({pair[side] for pair in matched} for side in (0, 1))
    left = {(kind_of(second[j]), second[j].get("id")): j for j in range(len(second)) if j not in taken_second}
    pairs = list(matched)
    for i, mark in enumerate(first):
        j = None if i in taken_first or mark.get("id") is None else left.pop((kind_of(mark), mark["id"]), None)
        if j is not None:
            pairs.append((i, j))
            taken_first.add(i)
            taken_second.add(j)
    differences = [
        difference_of_pair(part, first[i], second[j], similarity(first[i], second[j]) if similarity else None)
        for i, j in sorted(pairs)
    ]
    differences += [PartDifference(part, mark, None) for i, mark in enumerate(first) if i not in taken_first]
    differences += [PartDifference(part, None, mark) for j, mark in enumerate(second) if j not in taken_second]
    return differences
