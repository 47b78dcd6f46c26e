"""Matching of regions: what it finds is what comparing every pair finds, and it does not compare every pair."""

import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from labelkit.annotations import ANNOTATION_TYPES, Schema, matching
from labelkit.annotations.regions import region_similarity
from labelkit.annotations.spans import same_ends
from labelkit.geometries import GEOMETRIES, Frame
from labelkit.geometries.base import overlap
from labelkit.geometries.mask import decode, encode
from labelkit.geometries.tangles import CROSSINGS, crossing_too_often, crossings
from labelkit.tests import geometries as any_of
from labelkit.validation import InvalidValue
from statkit.tests.examples import examples

Regions = list[dict[str, Any]]
MANY = 4000


def match_by_every_pair(
    first: Regions, second: Regions, similarity: Callable[[Any, Any], float]
) -> list[tuple[int, int]]:
    """The matching of greatest similarity by a table of every pair."""
    if not first or not second:
        return []
    table = np.array([[similarity(a, b) for b in second] for a in first])
    rows, columns = linear_sum_assignment(-np.where(table >= matching.SAME_REGION_SIMILARITY, table, 0.0))
    return [
        (int(i), int(j)) for i, j in zip(rows, columns, strict=True) if table[i, j] >= matching.SAME_REGION_SIMILARITY
    ]


def total_similarity(matches: Sequence[tuple[int, int]], first: Regions, second: Regions) -> float:
    return sum(region_similarity(first[i], second[j]) for i, j in matches)


def box(x: float, y: float, w: float = 40, h: float = 30, **more: Any) -> dict[str, Any]:
    return {"id": "r", "label": "a", "shape": "box", "x": x, "y": y, "w": w, "h": h, **more}


def scattered(rng: np.random.Generator, number: int, size: float) -> Regions:
    rows = np.column_stack([rng.uniform(0, size, (number, 2)), rng.uniform(20, 60, (number, 2))]).round(2)
    return [box(*row) for row in rows.tolist()]


def moved(rng: np.random.Generator, boxes: Regions) -> Regions:
    steps = rng.normal(size=(len(boxes), 2)).round(2).tolist()
    return [
        {**region, "x": region["x"] + dx, "y": region["y"] + dy} for region, (dx, dy) in zip(boxes, steps, strict=True)
    ]


def outlines(boxes: Regions, corners: int = 8) -> Regions:
    turns = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    unit = (1 + np.column_stack([np.cos(turns), np.sin(turns)])) / 2
    return [
        {"id": "r", "label": "a", "shape": "polygon", "points": (unit * [b["w"], b["h"]] + [b["x"], b["y"]]).tolist()}
        for b in boxes
    ]


def count_comparisons(monkeypatch: pytest.MonkeyPatch, shape: str) -> Callable[[], int]:
    """How many pairs of a shape were compared since."""
    numbers: list[int] = []
    kind = type(GEOMETRIES[shape])
    similarities = kind.similarities

    def counting(self: Any, first: Any, second: Any, i: Any, j: Any) -> Any:
        numbers.append(len(i))
        return similarities(self, first, second, i, j)

    monkeypatch.setattr(kind, "similarities", counting)
    return lambda: sum(numbers)


@given(any_of.annotations(max_regions=12), any_of.annotations(max_regions=12))
@settings(max_examples=examples(150), deadline=None)
def test_any_regions_are_matched_as_by_comparing_every_pair(first, second):
    a, b = first["regions"], second["regions"]
    matches = matching.pairs(a, b, region_similarity)
    assert total_similarity(matches, a, b) == pytest.approx(
        total_similarity(match_by_every_pair(a, b, region_similarity), a, b)
    )
    assert all(region_similarity(a[i], b[j]) >= matching.SAME_REGION_SIMILARITY for i, j in matches)
    assert len({i for i, _ in matches}) == len({j for _, j in matches}) == len(matches)


@pytest.mark.parametrize("whole", [matching.MAX_TABLE_CELLS, 0], ids=["as one table", "in groups that hang together"])
@pytest.mark.parametrize("seed", range(6))
def test_crowded_boxes_with_ties_are_matched_as_by_comparing_every_pair(seed, whole, monkeypatch):
    monkeypatch.setattr(matching, "MAX_TABLE_CELLS", whole)
    rng = np.random.default_rng(seed)
    for number in (1, 7, 40, 90):
        first, second = ([box(*row) for row in rng.integers(1, 6, (number + k, 4)).tolist()] for k in (0, 3))
        matches, slow = (
            matching.pairs(first, second, region_similarity),
            match_by_every_pair(first, second, region_similarity),
        )
        assert total_similarity(matches, first, second) == pytest.approx(total_similarity(slow, first, second))
        if whole:
            assert matches == slow  # of those that are level, the same as ever


@pytest.mark.parametrize("shape", sorted(GEOMETRIES))
@given(data=st.data())
@settings(max_examples=examples(60), deadline=None)
def test_many_pairs_at_once_are_as_alike_as_each_alone(shape, data):
    first, second = (data.draw(st.lists(any_of.BY_SHAPE[shape], min_size=1, max_size=4)) for _ in range(2))
    of = GEOMETRIES[shape]
    i, j = np.divmod(np.arange(len(first) * len(second)), len(second))
    ready = of.prepare(first), of.prepare(second)
    each = [of.similarity(first[a], second[b]) for a, b in zip(i, j, strict=True)]
    assert of.similarities(*ready, i, j) == pytest.approx(np.array(each))
    candidates = matching.candidates(*ready)
    assert candidates is not None
    alike = np.flatnonzero(np.array(each) >= matching.SAME_REGION_SIMILARITY)
    assert set(zip(i[alike], j[alike], strict=True)) <= set(zip(*candidates, strict=True))


def test_nothing_identical_things_and_things_without_area():
    assert (
        matching.pairs([], [box(0, 0)], region_similarity) == matching.pairs([box(0, 0)], [], region_similarity) == []
    )
    same = [box(5, 5)] * 30
    assert matching.pairs(same, same, region_similarity) == [(k, k) for k in range(30)]
    flat = [box(5, 5, w=0.0), {"shape": "polygon", "label": "a", "points": [[1, 1], [2, 2], [1, 1]]}]
    assert matching.pairs(flat, flat, region_similarity) == []
    assert matching.pairs([box(0, 0)], outlines([box(0, 0)]), region_similarity) == []  # of different shapes
    assert matching.pairs([box(0, 0)], [box(0, 0, w=20)], region_similarity) == [(0, 0)]  # just half


@pytest.mark.parametrize("shape", ["box", "polygon"])
def test_many_scattered_regions_are_compared_with_those_near_them_alone(shape, monkeypatch):
    rng = np.random.default_rng(0)
    first = scattered(rng, MANY, 4000)
    second = moved(rng, first)
    if shape == "polygon":
        first, second = outlines(first), outlines(second)
    number = count_comparisons(monkeypatch, shape)
    assert matching.pairs(first, second, region_similarity) == [(k, k) for k in range(MANY)]
    assert MANY <= number() <= 2 * MANY
    assert ANNOTATION_TYPES["mixed"].similarity({"regions": first}, {"regions": second}) == 1


@pytest.mark.parametrize("shape", ["box", "polygon"])
def test_many_regions_on_one_spot_are_not_all_compared_and_yet_all_matched(shape, monkeypatch):
    rng = np.random.default_rng(1)
    first = [box(*row, 100, 100) for row in rng.uniform(0, 5, (MANY, 2)).round(2).tolist()]
    for second in (first, first[::-1], moved(rng, first), [box(5, 5, 100, 100)] * MANY):
        a, b = (outlines(regions) if shape == "polygon" else regions for regions in (first, second))
        with monkeypatch.context() as patch:
            number = count_comparisons(patch, shape)
            assert len(matching.pairs(a, b, region_similarity)) == MANY
            assert number() < MANY**2 / 20


def test_two_piles_that_lie_beside_each_other_are_matched_one_by_one():
    first, second = [box(5, 5)] * MANY, [box(6, 5)] * MANY
    assert matching.pairs(first, second, region_similarity) == [(k, k) for k in range(MANY)]


def test_what_overlaps_much_and_is_nothing_like_is_given_up_after_a_bounded_search(monkeypatch):
    wide, tall = [box(0, 0, 1000, 10)] * MANY, [box(0, 0, 10, 1000)] * MANY
    number = count_comparisons(monkeypatch, "box")
    assert matching.pairs(wide, tall, region_similarity) == []
    assert number() == 0  # their bounds say it already


def test_an_assignment_that_would_take_too_many_steps_takes_the_most_alike_first(monkeypatch):
    rng = np.random.default_rng(2)
    first = [box(*row, 100, 100) for row in rng.uniform(0, 5, (60, 2)).round(2).tolist()]
    second = moved(rng, first)
    best = total_similarity(matching.pairs(first, second, region_similarity), first, second)
    monkeypatch.setattr(matching, "MAX_TABLE_CELLS", 0)
    monkeypatch.setattr(matching, "MAX_ASSIGNMENT_STEPS", 0)
    good = matching.pairs(first, second, region_similarity)
    assert len(good) == 60
    assert best / 2 <= total_similarity(good, first, second) <= best


def test_very_many_spans_with_the_same_ends_are_matched_in_their_order():
    spans = [{"id": f"s{k}", "label": "a", "start": k % 2, "end": 5} for k in range(MANY)]
    assert matching.pairs(spans, spans, same_ends) == [(k, k) for k in range(MANY)]
    few = [{"start": a, "end": b, "label": "a"} for a, b in ((0, 4), (0, 4), (2, 4), (0, 9))]
    assert matching.pairs(few, few[::-1], same_ends) == match_by_every_pair(few, few[::-1], same_ends)


def test_answers_of_several_people_are_merged_without_comparing_every_pair(monkeypatch):
    rng = np.random.default_rng(3)
    first = [{**region, "id": f"r{k}"} for k, region in enumerate(scattered(rng, MANY, 4000))]
    number = count_comparisons(monkeypatch, "box")
    merged, share = ANNOTATION_TYPES["boxes"].find_consensus(
        [{"regions": regions} for regions in (first, moved(rng, first), moved(rng, first))]
    )
    assert (len(merged["regions"]), share) == (MANY, 1)
    assert number() < 10 * MANY


def pixels(regions: Regions) -> Any:
    """Of each mask, (n, h, w), in one window."""
    size = max(max(mask["x"] + mask["w"], mask["y"] + mask["h"]) for mask in regions)
    canvas = np.zeros((len(regions), size, size), dtype=bool)
    for bits, mask in zip(canvas, regions, strict=True):
        bits[mask["y"] : mask["y"] + mask["h"], mask["x"] : mask["x"] + mask["w"]] = decode(mask)
    return canvas


@given(st.lists(any_of.BY_SHAPE["mask"], min_size=2, max_size=5), st.integers(0, 3))
@settings(max_examples=examples(200), deadline=None)
def test_masks_are_compared_and_averaged_as_by_their_pixels(masks, near):
    masks = [{**mask, "x": mask["x"] % (near + 1), "y": mask["y"] % (near + 1)} for mask in masks]
    bits = pixels(masks)
    similarity = (bits[0] & bits[1]).sum() / (bits[0] | bits[1]).sum()
    assert GEOMETRIES["mask"].similarity(masks[0], masks[1]) == pytest.approx(similarity)
    if (most := bits.sum(axis=0) * 2 > len(masks)).any():
        assert GEOMETRIES["mask"].average(masks) == encode(most)


def test_masks_of_a_hundred_million_pixels_are_compared_and_averaged_without_their_pixels():
    side = 10_000
    whole = {"shape": "mask", "label": "a", "x": 0, "y": 0, "w": side, "h": side, "rle": [0, side**2]}
    half = {**whole, "rle": [side**2 // 2, side**2 // 2]}
    inner = {**whole, "x": 1, "w": side - 1, "rle": [0, side * (side - 1)]}
    tracemalloc.start()
    try:
        assert GEOMETRIES["mask"].similarity(whole, half) == 0.5
        assert GEOMETRIES["mask"].similarity(whole, inner) == pytest.approx(1 - 1 / side)
        average = GEOMETRIES["mask"].average([whole, half, half])
        assert (average["y"], average["h"], average["rle"]) == (side // 2, side // 2, [0, side**2 // 2])
        assert tracemalloc.get_traced_memory()[1] < side**2 / 10
    finally:
        tracemalloc.stop()


def test_very_dear_regions_are_compared_as_long_as_that_takes_no_more_than_its_share(monkeypatch):
    rng = np.random.default_rng(6)
    regions = outlines([box(*row, 100, 100) for row in rng.uniform(0, 5, (50, 2)).round(2).tolist()], corners=500)
    for work, compared_at_most in ((1e5, 50), (1e3, 0)):
        monkeypatch.setattr(matching, "MAX_WORK", work)
        monkeypatch.setattr(matching, "MAX_WORK_OF_NEIGHBORS", work)
        with monkeypatch.context() as patch:
            number = count_comparisons(patch, "polygon")
            matches = matching.pairs(regions, regions, region_similarity)
            assert len(matches) <= number() <= compared_at_most


# --- lines that cross themselves: what mending them costs grows with the square of their points, and more -----------


def tangle(points: int) -> list[list[float]]:
    return np.random.default_rng(4).uniform(0, 100, (points, 2)).round(2).tolist()


def comb(teeth: int, *, upright: bool) -> dict[str, Any]:
    """Thin teeth side by side, which cross nothing of their own."""
    points: list[list[float]] = []
    for k in range(teeth):
        points += [[k / 10, 0.0], [k / 10, 100.0], [k / 10 + 0.05, 100.0], [k / 10 + 0.05, 0.0]]
    points += [[teeth / 10, -0.5], [0.0, -0.5]]
    return {"shape": "polygon", "label": "a", "points": points if upright else [[y, x] for x, y in points]}


@pytest.mark.parametrize(("points", "closed", "wanted"), [
    ([[0, 0], [4, 4], [4, 0], [0, 4]], True, 1),
    ([[0, 0], [4, 0], [4, 4], [0, 4]], True, 0),
    ([[0, 0], [4, 0], [4, 0], [4, 4]], True, 0),
    ([[0, 0], [4, 4], [4, 0], [0, 4]], False, 1),
    ([[0, 0], [1, 1]], False, 0),
])  # fmt: skip
def test_crossings_are_counted(points, closed, wanted):
    assert crossings(points, closed=closed) == wanted


@pytest.mark.parametrize("shape", ["polygon", "polyline"])
def test_a_line_that_crosses_itself_too_often_is_refused_and_named(shape):
    schema, frame = Schema.of(1, any_of.schema_labels(), []), Frame(200, 120)
    fine = {"id": "a", "shape": shape, "label": f"one-{shape}", "points": tangle(12)}
    for points in (200, 10_000):
        wild = {**fine, "id": "b", "points": tangle(points)}
        with pytest.raises(InvalidValue, match=f"crosses itself more than {CROSSINGS} times") as refused:
            ANNOTATION_TYPES["mixed"].validate({"regions": [fine, wild]}, schema=schema, frame=frame)
        assert refused.value.errors[0]["field"] == "value.regions.1"


def test_lines_that_cross_themselves_too_often_all_together_are_refused():
    polygon = {"shape": "polygon", "label": "one-polygon", "points": tangle(25)}
    many = [{**polygon, "id": f"r{k}"} for k in range(100)]
    schema, frame = Schema.of(1, any_of.schema_labels(), []), Frame(200, 120)
    ANNOTATION_TYPES["mixed"].validate({"regions": many[:20]}, schema=schema, frame=frame)
    with pytest.raises(InvalidValue, match="3,000 times"):
        ANNOTATION_TYPES["mixed"].validate({"regions": many}, schema=schema, frame=frame)


def test_outlines_that_cross_each_other_too_often_are_compared_by_their_bounding_boxes():
    upright, lying = comb(1000, upright=True), comb(1000, upright=False)
    assert len(upright["points"]) > 4000  # and four million crossings
    of = GEOMETRIES["polygon"]
    boxes = [of.to_shapely(outline).envelope for outline in (upright, lying)]
    assert of.similarity(upright, lying) == overlap(*boxes) > 0.9
    assert of.similarity(upright, upright) == pytest.approx(1)
    assert of.similarity(*(comb(4, upright=flag) for flag in (True, False))) < 0.1  # few enough to be told exactly


def test_of_very_many_outlines_that_cross_often_the_last_are_compared_by_their_bounding_boxes():
    of = GEOMETRIES["polygon"]
    areas = np.array([of.to_shapely(outline) for outline in outlines([box(k, 0) for k in range(20)], corners=60)])
    assert crossing_too_often(areas[:-1], areas[1:]) == []
    some = crossing_too_often(areas[:-1], areas[1:], max_segment_pairs=2000)
    assert some == list(range(some[0], 19))
    assert 0 < len(some) < 19


def test_a_long_line_is_as_alike_as_before_and_one_that_lies_beside_itself_all_over_is_compared_by_its_hull():
    of = GEOMETRIES["polyline"]
    steps = np.random.default_rng(5).normal(size=2000)
    coast = np.column_stack([np.linspace(0, 4000, 2000), 500 + steps.cumsum()])
    first, second = (
        {"shape": "polyline", "label": "a", "points": points.tolist()} for points in (coast, np.add(coast, [0, 9]))
    )
    wide = 0.02 * 4000
    exact = overlap(*(of.to_shapely(each).buffer(wide) for each in (first, second)))
    assert of.similarity(first, second) == pytest.approx(exact, abs=0.01)
    dense = {**comb(2000, upright=True), "shape": "polyline"}
    assert of.similarity(dense, dense) == pytest.approx(1)
    assert of.similarity(dense, {**dense, "points": [[x + 50, y] for x, y in dense["points"]]}) < 1


def test_among_regions_that_are_alike_those_of_one_label_are_paired():
    """Two people who mark the same two things on one place agree, in whatever order each of them marked."""
    place = box(10, 10, 20, 20)
    first = [{**place, "id": "a", "label": "cat"}, {**place, "id": "b", "label": "dog"}]
    second = [{**place, "id": "c", "label": "dog"}, {**place, "id": "d", "label": "cat"}]
    assert matching.pairs(first, second, region_similarity) == [(0, 1), (1, 0)]
    assert matching.f1(first, second, region_similarity) == matching.f1(second, first, region_similarity) == 1
