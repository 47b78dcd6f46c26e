import pytest
from scipy import stats

from statkit.proportions import wilson


def test_wilson_matches_published_values():
    # Newcombe 1998, table I: 81/263 and 0/20.
    assert wilson(81, 263).ends == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20).ends == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(0, 0).ends == (0.0, 1.0)


def test_wilson_covers_as_promised():
    n, truth = 200, 0.9
    covered = sum(stats.binom.pmf(k, n, truth) for k in range(n + 1) if truth in wilson(k, n))
    assert covered == pytest.approx(0.95, abs=0.02)
