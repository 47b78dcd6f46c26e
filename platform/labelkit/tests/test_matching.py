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

Regions = list[dict[str, Any]]
MANY = 4000


def plain(one: Regions, other: Regions, similarity: Callable[[Any, Any], float]) -> list[tuple[int, int]]:
    """The matching of greatest similarity by a table of every pair."""
    if not one or not other:
        return []
    table = np.array([[similarity(a, b) for b in other] for a in one])
    rows, columns = linear_sum_assignment(-np.where(table >= matching.SAME, table, 0.0))
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if table[i, j] >= matching.SAME]


def total(found: Sequence[tuple[int, int]], one: Regions, other: Regions) -> float:
    return sum(region_similarity(one[i], other[j]) for i, j in found)


def box(x: float, y: float, w: float = 40, h: float = 30, **more: Any) -> dict[str, Any]:
    return {"id": "r", "label": "a", "shape": "box", "x": x, "y": y, "w": w, "h": h, **more}


def scattered(rng: np.random.Generator, number: int, size: float) -> Regions:
    rows = np.column_stack([rng.uniform(0, size, (number, 2)), rng.uniform(20, 60, (number, 2))]).round(2)
    return [box(*row) for row in rows.tolist()]


def moved(rng: np.random.Generator, boxes: Regions) -> Regions:
    steps = rng.normal(size=(len(boxes), 2)).round(2).tolist()
    return [{**one, "x": one["x"] + dx, "y": one["y"] + dy} for one, (dx, dy) in zip(boxes, steps, strict=True)]


def outlines(boxes: Regions, corners: int = 8) -> Regions:
    turns = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    unit = (1 + np.column_stack([np.cos(turns), np.sin(turns)])) / 2
    return [
        {"id": "r", "label": "a", "shape": "polygon", "points": (unit * [b["w"], b["h"]] + [b["x"], b["y"]]).tolist()}
        for b in boxes
    ]


def compared(monkeypatch: pytest.MonkeyPatch, shape: str) -> Callable[[], int]:
    """How many pairs of a shape were compared since."""
    numbers: list[int] = []
    kind = type(GEOMETRIES[shape])
    similarities = kind.similarities

    def counting(self: Any, one: Any, other: Any, i: Any, j: Any) -> Any:
        numbers.append(len(i))
        return similarities(self, one, other, i, j)

    monkeypatch.setattr(kind, "similarities", counting)
    return lambda: sum(numbers)


@given(any_of.answers(most=12), any_of.answers(most=12))
@settings(max_examples=150, deadline=None)
def test_any_regions_are_matched_as_by_comparing_every_pair(one, other):
    a, b = one["regions"], other["regions"]
    found = matching.pairs(a, b, region_similarity)
    assert total(found, a, b) == pytest.approx(total(plain(a, b, region_similarity), a, b))
    assert all(region_similarity(a[i], b[j]) >= matching.SAME for i, j in found)
    assert len({i for i, _ in found}) == len({j for _, j in found}) == len(found)


@pytest.mark.parametrize("whole", [matching.WHOLE, 0], ids=["as one table", "in groups that hang together"])
@pytest.mark.parametrize("seed", range(6))
def test_crowded_boxes_with_ties_are_matched_as_by_comparing_every_pair(seed, whole, monkeypatch):
    monkeypatch.setattr(matching, "WHOLE", whole)
    rng = np.random.default_rng(seed)
    for number in (1, 7, 40, 90):
        one, other = ([box(*row) for row in rng.integers(1, 6, (number + k, 4)).tolist()] for k in (0, 3))
        found, slow = matching.pairs(one, other, region_similarity), plain(one, other, region_similarity)
        assert total(found, one, other) == pytest.approx(total(slow, one, other))
        if whole:
            assert found == slow  # of those that are level, the same as ever


@pytest.mark.parametrize("shape", sorted(GEOMETRIES))
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_many_pairs_at_once_are_as_alike_as_each_alone(shape, data):
    one, other = (data.draw(st.lists(any_of.BY_SHAPE[shape], min_size=1, max_size=4)) for _ in range(2))
    of = GEOMETRIES[shape]
    i, j = np.divmod(np.arange(len(one) * len(other)), len(other))
    ready = of.prepare(one), of.prepare(other)
    each = [of.similarity(one[a], other[b]) for a, b in zip(i, j, strict=True)]
    assert of.similarities(*ready, i, j) == pytest.approx(np.array(each))
    found = matching.candidates(*ready)
    assert found is not None
    alike = np.flatnonzero(np.array(each) >= matching.SAME)
    assert set(zip(i[alike], j[alike], strict=True)) <= set(zip(*found, strict=True))


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
    one = scattered(rng, MANY, 4000)
    other = moved(rng, one)
    if shape == "polygon":
        one, other = outlines(one), outlines(other)
    number = compared(monkeypatch, shape)
    assert matching.pairs(one, other, region_similarity) == [(k, k) for k in range(MANY)]
    assert MANY <= number() <= 2 * MANY
    assert ANNOTATION_TYPES["mixed"].similarity({"regions": one}, {"regions": other}) == 1


@pytest.mark.parametrize("shape", ["box", "polygon"])
def test_many_regions_on_one_spot_are_not_all_compared_and_yet_all_matched(shape, monkeypatch):
    rng = np.random.default_rng(1)
    one = [box(*row, 100, 100) for row in rng.uniform(0, 5, (MANY, 2)).round(2).tolist()]
    for other in (one, one[::-1], moved(rng, one), [box(5, 5, 100, 100)] * MANY):
        a, b = (outlines(side) if shape == "polygon" else side for side in (one, other))
        with monkeypatch.context() as patch:
            number = compared(patch, shape)
            assert len(matching.pairs(a, b, region_similarity)) == MANY
            assert number() < MANY**2 / 20


def test_two_piles_that_lie_beside_each_other_are_matched_one_by_one():
    one, other = [box(5, 5)] * MANY, [box(6, 5)] * MANY
    assert matching.pairs(one, other, region_similarity) == [(k, k) for k in range(MANY)]


def test_what_overlaps_much_and_is_nothing_like_is_given_up_after_a_bounded_search(monkeypatch):
    wide, tall = [box(0, 0, 1000, 10)] * MANY, [box(0, 0, 10, 1000)] * MANY
    number = compared(monkeypatch, "box")
    assert matching.pairs(wide, tall, region_similarity) == []
    assert number() == 0  # their bounds say it already


def test_an_assignment_that_would_take_too_many_steps_takes_the_most_alike_first(monkeypatch):
    rng = np.random.default_rng(2)
    one = [box(*row, 100, 100) for row in rng.uniform(0, 5, (60, 2)).round(2).tolist()]
    other = moved(rng, one)
    best = total(matching.pairs(one, other, region_similarity), one, other)
    monkeypatch.setattr(matching, "WHOLE", 0)
    monkeypatch.setattr(matching, "ASSIGNED", 0)
    good = matching.pairs(one, other, region_similarity)
    assert len(good) == 60
    assert best / 2 <= total(good, one, other) <= best


def test_very_many_spans_with_the_same_ends_are_matched_in_their_order():
    spans = [{"id": f"s{k}", "label": "a", "start": k % 2, "end": 5} for k in range(MANY)]
    assert matching.pairs(spans, spans, same_ends) == [(k, k) for k in range(MANY)]
    few = [{"start": a, "end": b, "label": "a"} for a, b in ((0, 4), (0, 4), (2, 4), (0, 9))]
    assert matching.pairs(few, few[::-1], same_ends) == plain(few, few[::-1], same_ends)


def test_answers_of_several_people_are_merged_without_comparing_every_pair(monkeypatch):
    rng = np.random.default_rng(3)
    one = [{**region, "id": f"r{k}"} for k, region in enumerate(scattered(rng, MANY, 4000))]
    number = compared(monkeypatch, "box")
    merged, share = ANNOTATION_TYPES["boxes"].find_consensus(
        [{"regions": side} for side in (one, moved(rng, one), moved(rng, one))]
    )
    assert (len(merged["regions"]), share) == (MANY, 1)
    assert number() < 10 * MANY


def pixels(regions: Regions) -> Any:
    """Of each mask, (n, h, w), in one window."""
    side = max(max(one["x"] + one["w"], one["y"] + one["h"]) for one in regions)
    canvas = np.zeros((len(regions), side, side), dtype=bool)
    for bits, one in zip(canvas, regions, strict=True):
        bits[one["y"] : one["y"] + one["h"], one["x"] : one["x"] + one["w"]] = decode(one)
    return canvas


@given(st.lists(any_of.BY_SHAPE["mask"], min_size=2, max_size=5), st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_masks_are_compared_and_averaged_as_by_their_pixels(masks, near):
    masks = [{**one, "x": one["x"] % (near + 1), "y": one["y"] % (near + 1)} for one in masks]
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
        made = GEOMETRIES["mask"].average([whole, half, half])
        assert (made["y"], made["h"], made["rle"]) == (side // 2, side // 2, [0, side**2 // 2])
        assert tracemalloc.get_traced_memory()[1] < side**2 / 10
    finally:
        tracemalloc.stop()


def test_very_dear_regions_are_compared_as_long_as_that_takes_no_more_than_its_share(monkeypatch):
    rng = np.random.default_rng(6)
    one = outlines([box(*row, 100, 100) for row in rng.uniform(0, 5, (50, 2)).round(2).tolist()], corners=500)
    for work, compared_at_most in ((1e5, 50), (1e3, 0)):
        monkeypatch.setattr(matching, "WORK", work)
        monkeypatch.setattr(matching, "WORK_OF_NEIGHBORS", work)
        with monkeypatch.context() as patch:
            number = compared(patch, "polygon")
            found = matching.pairs(one, one, region_similarity)
            assert len(found) <= number() <= compared_at_most


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
    one = {"shape": "polygon", "label": "one-polygon", "points": tangle(25)}
    many = [{**one, "id": f"r{k}"} for k in range(100)]
    schema, frame = Schema.of(1, any_of.schema_labels(), []), Frame(200, 120)
    ANNOTATION_TYPES["mixed"].validate({"regions": many[:20]}, schema=schema, frame=frame)
    with pytest.raises(InvalidValue, match="3,000 times"):
        ANNOTATION_TYPES["mixed"].validate({"regions": many}, schema=schema, frame=frame)


def test_outlines_that_cross_each_other_too_often_are_compared_by_their_bounding_boxes():
    upright, lying = comb(1000, upright=True), comb(1000, upright=False)
    assert len(upright["points"]) > 4000  # and four million crossings
    of = GEOMETRIES["polygon"]
    boxes = [of.to_shapely(one).envelope for one in (upright, lying)]
    assert of.similarity(upright, lying) == overlap(*boxes) > 0.9
    assert of.similarity(upright, upright) == pytest.approx(1)
    assert of.similarity(*(comb(4, upright=flag) for flag in (True, False))) < 0.1  # few enough to be told exactly


def test_of_very_many_outlines_that_cross_often_the_last_are_compared_by_their_bounding_boxes():
    of = GEOMETRIES["polygon"]
    areas = np.array([of.to_shapely(one) for one in outlines([box(k, 0) for k in range(20)], corners=60)])
    assert crossing_too_often(areas[:-1], areas[1:]) == []
    some = crossing_too_often(areas[:-1], areas[1:], most=2000)
    assert some == list(range(some[0], 19))
    assert 0 < len(some) < 19


def test_a_long_line_is_as_alike_as_before_and_one_that_lies_beside_itself_all_over_is_compared_by_its_hull():
    of = GEOMETRIES["polyline"]
    steps = np.random.default_rng(5).normal(size=2000)
    coast = np.column_stack([np.linspace(0, 4000, 2000), 500 + steps.cumsum()])
    one, other = (
        {"shape": "polyline", "label": "a", "points": points.tolist()} for points in (coast, np.add(coast, [0, 9]))
    )
    wide = 0.02 * 4000
    exact = overlap(*(of.to_shapely(each).buffer(wide) for each in (one, other)))
    assert of.similarity(one, other) == pytest.approx(exact, abs=0.01)
    dense = {**comb(2000, upright=True), "shape": "polyline"}
    assert of.similarity(dense, dense) == pytest.approx(1)
    assert of.similarity(dense, {**dense, "points": [[x + 50, y] for x, y in dense["points"]]}) < 1


def test_among_regions_that_are_alike_those_of_one_label_are_paired():
    """Two people who mark the same two things on one place agree, in whatever order each of them marked."""
    place = box(10, 10, 20, 20)
    one = [{**place, "id": "a", "label": "cat"}, {**place, "id": "b", "label": "dog"}]
    other = [{**place, "id": "c", "label": "dog"}, {**place, "id": "d", "label": "cat"}]
    assert matching.pairs(one, other, region_similarity) == [(0, 1), (1, 0)]
    assert matching.f1(one, other, region_similarity) == matching.f1(other, one, region_similarity) == 1
