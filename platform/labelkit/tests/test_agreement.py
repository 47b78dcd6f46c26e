"""Figures against published ones."""

import csv
from pathlib import Path

import numpy as np
import pytest

from labelkit import agreement, consensus

# K. Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", example C: four observers, twelve units.
KRIPPENDORFF = [
    "1,2,3,3,2,1,4,1,2,,,",
    "1,2,3,3,2,2,4,1,2,5,,3",
    ",3,3,3,2,3,4,2,2,5,1,",
    "1,2,3,3,2,4,4,1,2,5,1,",
]
# J. L. Fleiss (1971): the worked example with 14 raters, 10 subjects, 5 classes.
FLEISS = [
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
]  # fmt: skip


def items(rows):
    columns = zip(*(row.split(",") for row in rows), strict=True)
    return [[(person, label) for person, label in enumerate(column) if label] for column in columns]


def test_krippendorffs_alpha_is_the_published_one():
    assert agreement.alpha(items(KRIPPENDORFF)).value == pytest.approx(0.743, abs=0.0005)


def test_alpha_of_two_observers_is_the_published_one():
    """Example A of the same paper: binary, two observers, alpha = 0.095."""
    pairs = zip([0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0], strict=True)
    assert agreement.alpha([list(enumerate(pair)) for pair in pairs]).value == pytest.approx(0.095, abs=0.0005)


def test_fleiss_kappa_is_the_published_one():
    answers = [[(p, c) for p, c in enumerate(np.repeat(range(5), row))] for row in FLEISS]
    assert agreement.fleiss(answers).value == pytest.approx(0.210, abs=0.0005)


def test_cohens_kappa_is_the_textbook_one():
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    kappa = agreement.cohen(pairs)
    assert kappa.value == pytest.approx(0.4)
    assert kappa.low < 0.4 < kappa.high


def test_an_interval_covers_the_truth_about_as_often_as_it_says():
    """100 crowds of three, each right 4 times in 5 on two classes; truth from a large crowd."""
    rng = np.random.default_rng(5)

    def crowd(n):
        truth = rng.integers(2, size=n)
        flips = rng.random((n, 3)) < 0.2
        return [[(p, int(t ^ f)) for p, f in enumerate(row)] for t, row in zip(truth, flips, strict=True)]

    true = agreement.alpha(crowd(200_000), times=2).value
    intervals = [agreement.alpha(crowd(80), times=300) for _ in range(100)]
    assert 88 <= sum(true in interval for interval in intervals) <= 100


@pytest.mark.parametrize("distinct", [2, 1000])
def test_the_interval_of_a_mean_is_the_normal_one_for_many_items(distinct):
    """Items that are alike are drawn together, others one by one: both are the same bootstrap."""
    values = np.random.default_rng(3).integers(distinct, size=1000) / distinct
    interval = agreement.mean_with_interval(list(values), times=4000)
    half = 1.96 * values.std() / 1000**0.5
    assert interval.value == pytest.approx(values.mean())
    assert (interval.low, interval.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.06 * half)


def test_alpha_by_similarity_is_alpha_for_classes():
    rng = np.random.default_rng(1)
    rows = [[(p, int(c)) for p, c in enumerate((t + (rng.random(2) < 0.3)) % 3)] for t in rng.integers(3, size=400)]
    by_class = agreement.alpha(rows, times=10).value
    by_similarity = agreement.alpha_of_similarity(
        [[c for _, c in row] for row in rows], lambda a, b: float(a == b), strangers=20_000, times=10
    ).value
    assert by_similarity == pytest.approx(by_class, abs=0.03)


def test_seven_equal_items_are_not_sure_of_it():
    interval = agreement.mean_with_interval([1.0] * 7)
    assert (interval.value, interval.high) == (1.0, 1.0)
    assert 0.6 < interval.low < 0.7


def test_confusions_are_counted_either_way_round():
    rows = [[(1, "cat"), (2, "dog")], [(1, "dog"), (2, "cat")], [(1, "cat"), (2, "cat")]]
    assert agreement.confusions(rows) == [("cat", "dog", 2)]


@pytest.mark.slow
def test_dawid_skene_beats_the_majority_on_bluebirds():
    """108 pictures, 39 people (Welinder et al. 2010): majority .759, Dawid–Skene .898."""
    folder = Path(__file__).parent / "data"
    rows = csv.DictReader((folder / "bluebirds_labels.csv").open())
    truth = {int(row[0]): row[1] for row in list(csv.reader((folder / "bluebirds_truth.csv").open()))[1:]}
    answers = [(int(row["task"]), int(row["worker"]), row["label"]) for row in rows]
    consensuses = {m: consensus.resolve(answers, method=m) for m in ("majority", "auto", "glad", "mace")}
    right = {m: np.mean([c.labels[i].label == truth[i] for i in truth]) for m, c in consensuses.items()}
    assert consensuses["auto"].method == "dawid_skene"
    assert right["majority"] == pytest.approx(0.759, abs=0.02)
    assert right["auto"] == pytest.approx(0.898, abs=0.02)
    assert min(right["glad"], right["mace"]) > 0.65


def test_with_few_answers_each_the_majority_is_taken_and_said():
    answers = [(item, person, "a" if person < 2 else "b") for item in range(5) for person in range(3)]
    resolved = consensus.resolve(answers)
    assert resolved.method == "majority"
    assert "needs 20" in resolved.why
    assert resolved.labels[0] == consensus.Resolved("a", 2 / 3)
