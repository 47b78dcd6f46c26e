import numpy as np
import pytest
from scipy import stats

from statkit.bootstrap import paired_bootstrap_difference
from statkit.hypothesis_tests import mcnemar_mid_p_value
from statkit.interval import Interval
from statkit.paired_comparison import compare_classifiers
from statkit.proportions import paired_proportion_difference


def test_the_paired_interval_matches_published_values():
    # Newcombe 1998, table II, method 10: (a, b, c, d) = (36, 12, 2, 0) and (54, 0, 0, 0).
    difference = paired_proportion_difference(36, 2, 12, 0)
    assert (difference.value, difference.low, difference.high) == pytest.approx((0.2, 0.0569, 0.3404), abs=1e-4)
    difference = paired_proportion_difference(54, 0, 0, 0)
    assert (difference.value, difference.low, difference.high) == pytest.approx((0.0, -0.0664, 0.0664), abs=1e-3)


def test_mcnemars_mid_p_is_between_the_exact_one_and_half_a_step_below():
    for a, b in [(3, 9), (9, 3), (0, 5), (20, 31)]:
        exact = stats.binomtest(min(a, b), a + b, 0.5).pvalue
        assert exact - 2 * stats.binom.pmf(min(a, b), a + b, 0.5) < mcnemar_mid_p_value(a, b) < exact
    assert mcnemar_mid_p_value(0, 0) == 1
    assert mcnemar_mid_p_value(4, 4) > 0.85


def test_the_interval_of_a_true_difference_holds_95_percent_of_the_time():
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(600):
        both, only_a, only_b, neither = rng.multinomial(200, [0.7, 0.05, 0.12, 0.13])
        difference = paired_proportion_difference(int(both), int(only_a), int(only_b), int(neither))
        held += 0.07 in difference
    assert 0.92 <= held / 600 <= 0.985


def test_two_equal_models_differ_by_nothing_and_a_better_one_is_found():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 400)
    a = np.where(rng.random(400) < 0.7, truth, (truth + 1) % 3)
    b = np.where(rng.random(400) < 0.9, truth, (truth + 1) % 3)
    same = compare_classifiers(truth, a, a, n_classes=3)
    assert (same.only_a_correct, same.only_b_correct, same.accuracy.value, same.macro_f1.value, same.p_value) == (
        0,
        0,
        0,
        0,
        1,
    )
    comparison = compare_classifiers(truth, a, b, n_classes=3)
    assert comparison.accuracy.low > 0.1
    assert comparison.macro_f1.low > 0.1
    assert comparison.p_value < 1e-6
    assert comparison == compare_classifiers(truth, a, b, n_classes=3)
    assert compare_classifiers(truth, b, a, n_classes=3).accuracy.value == pytest.approx(-comparison.accuracy.value)


def test_macro_f1_is_the_one_that_scikit_learn_computes():
    from sklearn.metrics import f1_score

    rng = np.random.default_rng(1)
    truth, a, b = rng.integers(0, 4, (3, 120))
    labels = [0, 1, 2, 3]
    wanted = f1_score(truth, b, average="macro", labels=labels) - f1_score(truth, a, average="macro", labels=labels)
    assert compare_classifiers(truth, a, b, n_classes=4).macro_f1.value == pytest.approx(wanted)


def test_no_items_say_nothing():
    none = np.zeros(0, dtype=np.int64)
    comparison = compare_classifiers(none, none, none, n_classes=2)
    assert (comparison.nobs, comparison.accuracy.low, comparison.accuracy.high) == (0, -1, 1)


def test_differences_by_shared_samples_are_paired_and_skip_what_was_not_drawn():
    a = [0.5, 0.6, None, 0.4]
    b = [0.6, 0.7, 0.9, 0.5]
    difference = paired_bootstrap_difference(a, b, 0.5, 0.6)
    assert (difference.value, difference.low, difference.high) == pytest.approx((0.1, 0.1, 0.1))
    assert paired_bootstrap_difference([], [], 0.2, 0.5) == Interval(0.3, -1.0, 1.0)
