from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from labelkit.annotations import ANNOTATION_TYPES, AnnotationType
from labelkit.metrics import METRICS, MetricSpec, evaluate, in_catalog_order, metrics_of
from labelkit.metrics.numbers import NumberScores
from labelkit.metrics.scores import Comparison


@dataclass
class Item:
    target: Any
    annotation: dict[str, Any] = field(default_factory=dict)
    size: tuple[int, int] = (100, 100)


class Ranking(AnnotationType):
    """The order of two things: a type that no metric was written for."""

    key = "ranking"

    def similarity(self, first, second):
        return float(first["order"] == second["order"])


class Bias(NumberScores):
    keys = ("bias",)

    def values(self, index):
        return {"bias": float(abs((self.outputs[index] - self.truth[index]).mean()))}


@pytest.mark.parametrize("key", list(ANNOTATION_TYPES))
def test_every_annotation_type_has_a_primary_metric_where_more_is_better(key):
    first = metrics_of(ANNOTATION_TYPES[key])[0]
    assert first.higher_is_better
    assert first.unit == "fraction"
    assert first.key == first.scores.keys[0]


def test_metrics_that_are_computed_are_in_the_catalog_and_apply():
    for key, annotation_type in ANNOTATION_TYPES.items():
        for metric in metrics_of(annotation_type):
            assert set(metric.scores.keys) <= set(METRICS), key
            assert all(METRICS[name].applies_to(annotation_type) for name in metric.scores.keys)


def test_a_type_that_no_metric_was_written_for_goes_by_its_similarity():
    with ANNOTATION_TYPES.including(Ranking()):
        truth = [{"order": order} for order in ("ab", "ba", "ab", "ab")]
        items = [Item(value, value) for value in truth]
        report = evaluate("ranking", [{"order": "ab"}] * 4, items, [])
    assert (report.primary, report.value, report.item_count) == ("similarity", 0.75, 4)
    assert report.classification is None


def test_a_metric_of_another_package_is_computed_beside_ours():
    truth = [Item(float(number)) for number in range(10)]
    spec = MetricSpec("bias", "Bias", "Mean error.", Bias, higher_is_better=False, unit="annotation")
    with METRICS.including(spec):
        report = evaluate("number", np.arange(10) + 0.5, truth, [], training_mean=4.5)
        assert in_catalog_order(["bias", "rmse"]) == ["rmse", "bias"]
    assert list(report.summary.metrics) == ["explained", "rmse", "mae", "bias"]
    assert report.summary.metrics["bias"]["value"] == pytest.approx(0.5)
    assert "bias" not in METRICS


def test_regions_that_are_all_found_have_an_average_precision_of_one():
    box = {"id": "a", "label": "cat", "shape": "box", "x": 10, "y": 10, "w": 20, "h": 30}
    boxes = ANNOTATION_TYPES["boxes"]
    items = [Item(boxes.training_target({"regions": [box]}), {"regions": [box]}) for _ in range(4)]
    right, shifted = {"regions": [box | {"score": 0.9}]}, {"regions": [box | {"x": 60, "score": 0.9}]}
    comparison = Comparison(boxes, [right] * 4, items, ["cat"])
    report = evaluate("boxes", [right, right, right, shifted], items, ["cat"])
    scores = metrics_of(boxes)[0].scores.compare(comparison)
    assert scores.values(np.arange(4)) == pytest.approx({"ap50": 1, "ap": 1, "ap75": 1})
    assert 0.5 < report.value < 0.8
    assert report.summary.per_class[0]["items"] == 4
