"""Regions of several people put side by side: who marked the same thing."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Likeness = Callable[[dict[str, Any], dict[str, Any]], float]
SAME = 0.5  # likeness from which two regions mark the same thing, as in PASCAL VOC


def pairs(one: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]], likeness: Likeness) -> list[tuple[int, int]]:
    """Indices of regions that mark the same thing: the matching of greatest likeness, each region once."""
    if not one or not other:
        return []
    table = np.array([[likeness(a, b) for b in other] for a in one])
    from scipy.optimize import linear_sum_assignment  # half a second of every process's start

    rows, columns = linear_sum_assignment(-np.where(table >= SAME, table, 0.0))
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if table[i, j] >= SAME]


def f1(one: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]], likeness: Likeness) -> float:
    """Share of regions that the other has too, with the same label; 1 where both have none."""
    if not one and not other:
        return 1.0
    same = sum(bool(one[i]["label"] == other[j]["label"]) for i, j in pairs(one, other, likeness))
    return 2 * same / (len(one) + len(other))


def clusters(answers: Sequence[Sequence[dict[str, Any]]], likeness: Likeness) -> list[list[dict[str, Any]]]:
    """Regions of all people in groups that mark the same thing, at most one of each person in a group."""
    groups: list[list[dict[str, Any]]] = []
    for regions in answers:
        heads = [group[0] for group in groups]
        matched = pairs(heads, regions, likeness)
        taken = {j for _, j in matched}
        for i, j in matched:
            groups[i].append(regions[j])
        groups += [[region] for j, region in enumerate(regions) if j not in taken]
    return groups
