"""Agreement between people beyond chance, with bootstrap intervals. Pure mathematics: no Django.

Answers come as one list an item of (person, class), or with any similarity as pairs. Written from

- J. Cohen (1960), "A coefficient of agreement for nominal scales",
- J. L. Fleiss (1971), "Measuring nominal scale agreement among many raters",
- K. Krippendorff (2011), "Computing Krippendorff's alpha-reliability".

An interval is the percentile bootstrap over items: whole items are drawn, since answers to one item hang together.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from statkit.bootstrap import bootstrap_statistic_of_sums
from statkit.interval import Interval
from statkit.proportions import wilson_interval

Answers = Sequence[Sequence[tuple[int, Hashable]]]
Floats = npt.NDArray[np.float64]


def cohen(pairs: Sequence[tuple[Hashable, Hashable]], *, seed: int = 0, times: int = 1000) -> Interval:
    """Cohen's kappa of two people over the items that both answered.

    >>> pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    >>> kappa = cohen(pairs)
    >>> round(kappa.value, 2), round(kappa.low, 2), round(kappa.high, 2)
    (0.4, 0.16, 0.64)

    Reference: J. Cohen (1960), "A coefficient of agreement for nominal scales", Educational and Psychological
        Measurement 20.
    """
    if not pairs:
        return Interval.undefined(n=0)
    classes = {label: number for number, label in enumerate(dict.fromkeys(c for pair in pairs for c in pair))}
    every: Floats = np.eye(len(classes))
    left, right = every[[classes[a] for a, _ in pairs]], every[[classes[b] for _, b in pairs]]
    same = np.array([[a == b] for a, b in pairs], dtype=float)

    def of(sums: Floats) -> Floats:
        total = sums[:, 1:].sum(axis=1) / 2
        chance = (sums[:, 1 : len(classes) + 1] * sums[:, len(classes) + 1 :]).sum(axis=1) / total**2
        return np.asarray((sums[:, 0] / total - chance) / (1 - chance))

    return bootstrap_statistic_of_sums(of, np.hstack([same, left, right]), seed=seed, n_resamples=times)


def fleiss(answers: Answers, *, seed: int = 0, times: int = 1000) -> Interval:
    """Fleiss' kappa over the items that have the most frequent number of answers, 2 or more.

    >>> rows = [("cat", "cat"), ("dog", "dog"), ("cat", "dog"), ("dog", "dog")]
    >>> answers = [list(enumerate(row)) for row in rows]
    >>> round(fleiss(answers).value, 3)
    0.467

    Reference: J. L. Fleiss (1971), "Measuring nominal scale agreement among many raters", Psychological Bulletin 76.
    """
    lengths = Counter(len(ratings) for ratings in answers if len(ratings) > 1)
    if not lengths:
        return Interval.undefined(n=0)
    raters = max(lengths, key=lambda n: (lengths[n], n))
    counts = _counts([ratings for ratings in answers if len(ratings) == raters])
    inner = (counts * (counts - 1)).sum(axis=1, keepdims=True) / (raters * (raters - 1))

    def of(sums: Floats) -> Floats:
        total = sums[:, 1:].sum(axis=1) / raters
        chance = ((sums[:, 1:] / (total * raters)[:, None]) ** 2).sum(axis=1)
        return np.asarray((sums[:, 0] / total - chance) / (1 - chance))

    return bootstrap_statistic_of_sums(of, np.hstack([inner, counts]), seed=seed, n_resamples=times)


def alpha(answers: Answers, *, seed: int = 0, times: int = 1000) -> Interval:
    """Krippendorff's alpha for classes (nominal): any number of answers an item, those with one are left out.

    >>> rows = [("cat", "cat"), ("dog", "dog"), ("cat", "dog"), ("dog", "dog")]
    >>> answers = [list(enumerate(row)) for row in rows]
    >>> round(alpha(answers).value, 3)
    0.533

    Reference: K. Krippendorff (2011), "Computing Krippendorff's alpha-reliability".
    """
    counts = _counts([ratings for ratings in answers if len(ratings) > 1])
    if not len(counts):
        return Interval.undefined(n=0)
    size = counts.sum(axis=1)
    apart = (size**2 - (counts**2).sum(axis=1)) / (size - 1)

    def of(sums: Floats) -> Floats:
        total = sums[:, 1:].sum(axis=1)
        chance = (total**2 - (sums[:, 1:] ** 2).sum(axis=1)) / (total * (total - 1))
        return np.asarray(1 - sums[:, 0] / total / chance)

    return bootstrap_statistic_of_sums(of, np.hstack([apart[:, None], counts]), seed=seed, n_resamples=times)


def _counts(answers: Answers) -> Floats:
    classes = {label: number for number, label in enumerate(dict.fromkeys(c for item in answers for _, c in item))}
    counts = np.zeros((len(answers), len(classes)))
    for row, item in enumerate(answers):
        for _, label in item:
            counts[row, classes[label]] += 1
    return counts


def alpha_of_similarity(
    answers: Sequence[Sequence[object]],
    similarity: Callable[[Any, Any], float],
    *,
    seed: int = 0,
    times: int = 1000,
    strangers: int = 2000,
) -> Interval:
    """Krippendorff's alpha with 1 − similarity as the difference, for shapes and spans.

    The difference expected by chance is the mean over `strangers` random pairs of answers to different items:
    all pairs would cost the square of their number. The interval counts the drawing of items, not of strangers.

    >>> answers = [[1, 1], [2, 2], [1, 2], [2, 2]]
    >>> round(alpha_of_similarity(answers, lambda a, b: float(a == b)).value, 1)
    0.6

    Reference: K. Krippendorff (2011), "Computing Krippendorff's alpha-reliability".
    """
    several = [ratings for ratings in answers if len(ratings) > 1]
    if len(several) < 2:
        return Interval.undefined(n=len(several))
    inner = np.array(
        [np.mean([1 - similarity(a, b) for i, a in enumerate(ratings) for b in ratings[:i]]) for ratings in several]
    )
    rng = np.random.default_rng(seed)
    apart = []
    for _ in range(strangers):
        i, j = rng.choice(len(several), size=2, replace=False)
        a, b = (several[k][rng.integers(len(several[k]))] for k in (i, j))
        apart.append(1 - similarity(a, b))
    chance = float(np.mean(apart))
    size = np.array([len(ratings) for ratings in several], dtype=float)

    def of(sums: Floats) -> Floats:
        return np.asarray(1 - sums[:, 0] / sums[:, 1] / chance)

    return bootstrap_statistic_of_sums(of, np.column_stack([inner * size, size]), seed=seed, n_resamples=times)


def mean_with_interval(values: Sequence[float], *, seed: int = 0, times: int = 1000) -> Interval:
    """The mean over items. Where all are alike (all 1, say) a bootstrap would be sure of it: Wilson's interval then.

    >>> mean = mean_with_interval([1.0] * 7)
    >>> mean.value, round(mean.low, 2), mean.high
    (1.0, 0.65, 1.0)

    Reference: B. Efron and R. J. Tibshirani (1993), "An Introduction to the Bootstrap", ch. 13.
    """
    row = np.array(values, dtype=float)
    if len(row) and (row == row[0]).all():
        return replace(wilson_interval(round(float(row.sum())), len(row)), value=float(row[0])).widened_to_value()
    return bootstrap_statistic_of_sums(lambda sums: sums[:, 0] / len(row), row[:, None], seed=seed, n_resamples=times)


def confusions(answers: Answers) -> list[tuple[Hashable, Hashable, int]]:
    """Pairs of classes given to the same item by two people, with how often; the most frequent first.

    >>> confusions([[(1, "cat"), (2, "dog")], [(1, "dog"), (2, "cat")], [(1, "cat"), (2, "cat")]])
    [('cat', 'dog', 2)]

    Reference: none; a count.
    """
    counts: Counter[tuple[Hashable, Hashable]] = Counter()
    for item in answers:
        for i, (_, a) in enumerate(item):
            for _, b in item[:i]:
                if a != b:
                    counts[min((a, b), (b, a), key=str)] += 1
    return [(a, b, number) for (a, b), number in counts.most_common()]
