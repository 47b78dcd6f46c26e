import numpy as np
import pytest

from labelkit.metrics.classification import classification_report


def test_accuracy_macro_f1_and_per_class_come_from_one_confusion():
    probabilities = np.array([[0.9, 0.1, 0], [0.8, 0.2, 0], [0.3, 0.7, 0], [0.6, 0.4, 0]])
    report = classification_report(probabilities, ["a", "a", "b", "b"], ["a", "b", "c"])
    assert report.accuracy == 0.75
    assert report.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)  # "c" does not occur, so it does not count
    assert [(row["items"], row["correct"]) for row in report.per_class()] == [(2, 2), (2, 1), (0, 0)]
    metrics = report.metrics()
    assert metrics["accuracy"].low < 0.75 < metrics["accuracy"].high
    assert metrics == report.metrics()
