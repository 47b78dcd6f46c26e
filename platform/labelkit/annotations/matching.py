"""Regions of several people put side by side: who marked the same thing.

Only regions that lie on each other are compared, found in a tree, and the best matching is sought in each group of
regions that hang together. Both would cost the square or the cube of the regions where very many lie on one spot, and
both therefore have a limit, beyond which neighbors alone are compared and the most alike are paired first
(docs/decisions/0017-region-matching.md).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from labelkit.geometries.prepared import Floats, Indices, PreparedRegions
from labelkit.values import LabeledPart

Part = TypeVar("Part", bound=LabeledPart)
Part_contra = TypeVar("Part_contra", bound=LabeledPart, contravariant=True)
SAME_REGION_SIMILARITY = 0.5  # similarity from which two regions mark the same thing, as in PASCAL VOC

MAX_LISTED_PAIRS = 5_000_000  # pairs whose bounds meet that are listed, some 40 nanoseconds each
MAX_COMPARED_PAIRS = 1_000_000  # pairs that are kept for being compared
MAX_WORK = 2e7  # tenths of a microsecond that comparing may take
MAX_WORK_OF_NEIGHBORS = 5 * MAX_WORK  # where neighbors alone are compared
MAX_ASSIGNMENT_STEPS = (
    2e9  # steps that the best matchings may take, all together: about half a second where each is the worst
)
MAX_TABLE_CELLS = 250_000  # cells of a table that is solved as a whole: the same choice among equals as ever
NEIGHBORS_PER_REGION = 28  # neighbors that each region is compared with where the limits are passed
ROWS_PER_LOOKUP = 64  # regions that are looked up in the tree at a time
PAIRS_PER_BLOCK = (
    10_000  # pairs that the greedy matching goes through before it drops those that can no longer be chosen
)
OTHER_LABEL_PENALTY = 1e-10  # what another label takes from a similarity: it decides among equals alone
SLACK = 1e-9  # a bound on the similarity may be wrong in its last digits


class Similarity(Protocol[Part_contra]):
    """How alike two regions are, 0 to 1, and the same for many at once."""

    def __call__(self, first: Part_contra, second: Part_contra) -> float:
        """Similarity of one pair."""
        ...

    def comparable_regions(
        self, first: Sequence[Part_contra], second: Sequence[Part_contra]
    ) -> Iterator["ComparableRegions"]:
        """The regions of both, grouped so that only regions of one group can be alike."""
        ...


@dataclass(frozen=True)
class ComparableRegions:
    """Regions of one geometry: their places in both answers, made ready, and the similarities of pairs of them."""

    rows: Indices
    columns: Indices
    first: PreparedRegions
    second: PreparedRegions
    similarities: Callable[[PreparedRegions, PreparedRegions, Indices, Indices], Floats]


@dataclass(frozen=True)
class Edges:
    """Pairs that are alike enough, (n,) each: region i of one answer, region j of the other, how alike they are."""

    i: Indices
    j: Indices
    value: Floats


def indices_by_geometry(first: Sequence[Part], second: Sequence[Part], key_of: Callable[[Part], str]) -> Iterator[
    tuple[str, Indices, Indices]
]:  # fmt: skip
    """Places of the regions of each geometry that both answers have."""
    places: tuple[dict[str, list[int]], dict[str, list[int]]] = (defaultdict(list), defaultdict(list))
    for side, regions in zip(places, (first, second), strict=True):
        for number, region in enumerate(regions):
            side[key_of(region)].append(number)
    for key in places[0]:
        if key in places[1]:
            yield key, np.array(places[0][key], dtype=np.intp), np.array(places[1][key], dtype=np.intp)


def pairs(first: Sequence[Part], second: Sequence[Part], similarity: Similarity[Part]) -> list[tuple[int, int]]:
    """Indices of regions that mark the same thing: the matching of greatest similarity, each region once.

    Among matchings that are equal, one that pairs most regions of the same label: the order of the answers, and of
    their regions, does not decide.

    Where very many regions lie on one spot it is a matching of great similarity, not always the greatest.
    """
    if not first or not second:
        return []
    matched: list[tuple[int, int]] = []
    undecided = [Edges(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0))]
    for group in similarity.comparable_regions(first, second):
        candidate_pairs = candidates(group.first, group.second)
        if candidate_pairs is None:
            i, j = _neighbors_paired(group)
            matched += zip(group.rows[i].tolist(), group.columns[j].tolist(), strict=True)
        else:
            edges = _edges(group, *candidate_pairs)
            undecided.append(Edges(group.rows[edges.i], group.columns[edges.j], edges.value))
    i, j, value = (np.concatenate([getattr(edges, name) for edges in undecided]) for name in ("i", "j", "value"))
    value = value - OTHER_LABEL_PENALTY * (_labels(first)[i] != _labels(second)[j])
    rows, columns = _assigned(Edges(i, j, value), len(first), len(second))
    matched += zip(rows.tolist(), columns.tolist(), strict=True)
    return sorted(matched)


def _labels(regions: Sequence[LabeledPart]) -> npt.NDArray[np.str_]:
    return np.array([str(region.get("label", "")) for region in regions])


def f1(first: Sequence[Part], second: Sequence[Part], similarity: Similarity[Part]) -> float:
    """Share of regions that the other has too, with the same label; 1 where both have none."""
    if not first and not second:
        return 1.0
    same = sum(bool(first[i]["label"] == second[j]["label"]) for i, j in pairs(first, second, similarity))
    return 2 * same / (len(first) + len(second))


def clusters(answers: Sequence[Sequence[Part]], similarity: Similarity[Part]) -> list[list[Part]]:
    """Regions of all people in groups that mark the same thing, at most one of each person in a group."""
    groups: list[list[Part]] = []
    for regions in answers:
        heads = [group[0] for group in groups]
        matched = pairs(heads, regions, similarity)
        taken = {j for _, j in matched}
        for i, j in matched:
            groups[i].append(regions[j])
        groups += [[region] for j, region in enumerate(regions) if j not in taken]
    return groups


def candidates(first: PreparedRegions, second: PreparedRegions) -> tuple[Indices, Indices] | None:
    """Pairs that may be alike, (n,) each; None where there are more of them, or dearer ones, than may be compared."""
    import shapely

    left, right = (np.flatnonzero(np.isfinite(side.bounds).all(axis=1)) for side in (first, second))
    tree = shapely.STRtree(shapely.box(*second.bounds[right].T))
    boxes = shapely.box(*first.bounds[left].T)
    rows, columns = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
    listed, compared, work = 0, 0, 0.0
    for start in range(0, len(left), ROWS_PER_LOOKUP):
        i, j = tree.query(boxes[start : start + ROWS_PER_LOOKUP])
        listed += len(i)
        i, j = left[i + start], right[j]
        fit = _may_be_alike(first, second, i, j)
        i, j = i[fit], j[fit]
        compared += len(i)
        work += float(first.weight[i].sum() + second.weight[j].sum())
        if listed > MAX_LISTED_PAIRS or compared > MAX_COMPARED_PAIRS or work > MAX_WORK:
            return None
        rows.append(i)
        columns.append(j)
    return np.concatenate(rows), np.concatenate(columns)


def _may_be_alike(first: PreparedRegions, second: PreparedRegions, i: Indices, j: Indices) -> npt.NDArray[np.bool_]:
    """Whether the bounds of each pair share enough; those of the pairs (n,) are known to meet."""
    (left, top, right, bottom), (x, y, u, v) = first.bounds.T, second.bounds.T  # column by column: half the time
    across = np.minimum(right[i], u[j]) - np.maximum(left[i], x[j])
    down = np.minimum(bottom[i], v[j]) - np.maximum(top[i], y[j])
    fit: npt.NDArray[np.bool_] = across * down >= (SAME_REGION_SIMILARITY - SLACK) * np.maximum(
        first.area[i], second.area[j]
    )
    return fit


def _edges(group: ComparableRegions, i: Indices, j: Indices) -> Edges:
    value = group.similarities(group.first, group.second, i, j)
    same = value >= SAME_REGION_SIMILARITY
    return Edges(i[same], j[same], value[same])


def _assigned(edges: Edges, rows: int, columns: int) -> tuple[Indices, Indices]:
    """The best matching of so many rows and columns; of large tables, sought in each group that hangs together."""
    if not len(edges.i):
        return edges.i, edges.j
    if rows * columns <= MAX_TABLE_CELLS:
        chosen = _best(edges, rows, columns)
        return edges.i[chosen], edges.j[chosen]
    # Half a second of every process's start.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(edges.i)), (edges.i, edges.j + rows)), shape=(rows + columns,) * 2)
    group = connected_components(graph, directed=False)[1][edges.i]
    order = np.argsort(group, kind="stable")
    ends = np.flatnonzero(np.diff(group[order], append=-1)) + 1
    matchings, steps = [], 0.0
    for part in np.split(order, ends[:-1]):
        if len(part) == 1:
            matchings.append(part)
            continue
        own, i = np.unique(edges.i[part], return_inverse=True)
        theirs, j = np.unique(edges.j[part], return_inverse=True)
        component = Edges(i, j, edges.value[part])
        more = float(len(own)) * len(theirs) * min(len(own), len(theirs))
        if steps + more > MAX_ASSIGNMENT_STEPS:
            matchings.append(part[_greedy(component)])
        else:
            steps += more
            matchings.append(part[_best(component, len(own), len(theirs))])
    chosen = np.concatenate(matchings)
    return edges.i[chosen], edges.j[chosen]


def _best(edges: Edges, rows: int, columns: int) -> Indices:
    """Places of the edges of the matching of greatest similarity; steps grow with the cube at worst."""
    from scipy.optimize import linear_sum_assignment  # half a second of every process's start

    edge_at = np.full((rows, columns), -1, dtype=np.intp)
    edge_at[edges.i, edges.j] = np.arange(len(edges.i))
    table = np.zeros((rows, columns))
    table[edges.i, edges.j] = edges.value
    chosen = edge_at[linear_sum_assignment(table, maximize=True)]
    return np.asarray(chosen[chosen >= 0], dtype=np.intp)


def _greedy(edges: Edges) -> Indices:
    """Places of edges: the most alike pair, then the most alike of what is left, and so on."""
    if not len(edges.i):
        return np.empty(0, np.intp)
    rows, columns = np.zeros(edges.i.max() + 1, dtype=bool), np.zeros(edges.j.max() + 1, dtype=bool)
    chosen: list[int] = []
    order = np.lexsort((edges.j, edges.i, -edges.value))
    for start in range(0, len(order), PAIRS_PER_BLOCK):
        block = order[start : start + PAIRS_PER_BLOCK]
        block = block[~rows[edges.i[block]] & ~columns[edges.j[block]]]
        for edge, i, j in zip(block.tolist(), edges.i[block].tolist(), edges.j[block].tolist(), strict=True):
            if not rows[i] and not columns[j]:
                rows[i] = columns[j] = True
                chosen.append(edge)
    return np.array(chosen, dtype=np.intp)


def _neighbors_paired(group: ComparableRegions) -> tuple[Indices, Indices]:
    """Each region with one of those that lie next to it; what finds none is tried once more among what is left."""
    left, right = (np.flatnonzero(np.isfinite(side.bounds).all(axis=1)) for side in (group.first, group.second))
    rounds: list[tuple[Indices, Indices]] = []
    work = 0.0
    while len(left) and len(right) and work < MAX_WORK:
        weight = float(group.first.weight[left].mean() + group.second.weight[right].mean())
        reach = int(np.clip(MAX_WORK / 4 / (len(left) * weight), 2, NEIGHBORS_PER_REGION))
        i, j = neighbors(group.first.bounds[left], group.second.bounds[right], reach)
        i, j = left[i], right[j]
        fit = _may_be_alike(group.first, group.second, i, j)
        i, j = i[fit], j[fit]
        spent = work + np.cumsum(group.first.weight[i] + group.second.weight[j])
        # The dearest regions have two neighbors each, which may be too many still: the last ones stay alone then.
        number = int(np.searchsorted(spent, MAX_WORK_OF_NEIGHBORS, side="right"))
        i, j, work = i[:number], j[:number], float(spent[number - 1]) if number else MAX_WORK
        edges = _edges(group, i, j)
        chosen = _greedy(edges)
        if not len(chosen):
            break
        rounds.append((edges.i[chosen], edges.j[chosen]))
        left, right = np.setdiff1d(left, rounds[-1][0]), np.setdiff1d(right, rounds[-1][1])
    if not rounds:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    return np.concatenate([rows for rows, _ in rounds]), np.concatenate([columns for _, columns in rounds])


def neighbors(first: Floats, second: Floats, reach: int) -> tuple[Indices, Indices]:
    """Pairs (n,) of bounds (n, 4) and (m, 4) that lie next to each other along a Z-order curve, `reach` for each.

    Half of them next to its own place, half next to the same share of the way: where all of one answer lie on one
    spot and all of the other on another, the first comes to the first, the second to the second, and so on.
    """
    both = np.concatenate([first, second])
    key = _along_the_curve(both)
    first_keys, second_keys = key[: len(first)], key[len(first) :]
    line = np.argsort(second_keys, kind="stable")
    rank = np.empty(len(first), dtype=np.intp)
    rank[np.argsort(first_keys, kind="stable")] = np.arange(len(first))
    lowest, highest = (np.searchsorted(second_keys[line], first_keys, side) for side in ("left", "right"))
    places = np.minimum(lowest + _turns(first_keys), np.maximum(lowest, highest - 1))
    wide = min(max(1, reach // 2), len(second))
    windows = []
    for center in (places, rank * len(second) // len(first)):
        start = np.clip(center - wide // 2, 0, len(second) - wide)
        windows.append(start[:, None] + np.arange(wide))
    cells = np.unique(np.arange(len(first))[:, None] * len(second) + np.concatenate(windows, axis=1))
    return cells // len(second), line[cells % len(second)]


def _along_the_curve(bounds: Floats) -> Indices:
    """Keys (n,) of bounds (n, 4): those of like bounds lie near each other. 15 bits of each side."""
    low = bounds.min(axis=0)
    span = max(float((bounds.max(axis=0) - low).max()), 1e-12)
    cells = ((bounds - low) / span * 32_767).astype(np.intp)
    key = np.zeros(len(bounds), dtype=np.intp)
    for bit in range(14, -1, -1):
        for side in range(4):
            key = key << 1 | (cells[:, side] >> bit & 1)
    return key


def _turns(keys: Indices) -> Indices:
    """How many of the same key came before each."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(keys) else np.empty(0, dtype=bool)
    start = np.maximum.accumulate(np.where(first, np.arange(len(keys)), 0))
    turns = np.empty(len(keys), dtype=np.intp)
    turns[order] = np.arange(len(keys)) - start
    return turns
