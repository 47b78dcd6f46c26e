"""A linear head on features: multinomial logistic regression, folded into weights and a bias."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def softmax(logits: NDArray[Any]) -> Array:
    """Row-wise softmax."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    shares: Array = shifted / shifted.sum(axis=1, keepdims=True)
    return shares


def logistic_head(x: Array, y: NDArray[np.int64], classes: int, *, C: float, seed: int) -> tuple[Array, Array]:  # noqa: N803
    """Weights (classes, features) and bias (classes,) on raw features.

    Args:
        x: (n, features).
        y: (n,) classes; those without an example get probability near zero.
        classes: How many there are.
        C: Inverse regularization, for a hundred examples; it is weaker for more.
        seed: Of the solver.
    """
    from sklearn.linear_model import LogisticRegression

    weights, bias = np.zeros((classes, x.shape[1])), np.full(classes, -30.0)
    present = np.unique(y)
    if len(present) == 1:
        bias[present[0]] = 0.0
        return weights, bias
    # Standardized, so that one strength of regularization suits every feature; folded back afterwards.
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    head = LogisticRegression(C=C / len(x) * 100, max_iter=300, tol=1e-3, random_state=seed)
    head.fit((x - mean) / scale, y)
    coef, intercept = row_of_each(head)
    weights[present] = coef / scale
    bias[present] = intercept - (coef / scale) @ mean
    return weights, bias


def row_of_each(head: Any) -> tuple[Array, Array]:
    """Weights and bias of a fitted linear classifier, a row for each class; scikit-learn keeps one row for two."""
    coef, intercept = head.coef_, head.intercept_
    if len(coef) == 1:
        return np.vstack([-coef, coef]) / 2, np.concatenate([-intercept, intercept]) / 2
    return coef, intercept


def classes_of(labels: list[str], targets: list[str]) -> NDArray[np.int64]:
    """Places of the given labels."""
    index = {label: number for number, label in enumerate(labels)}
    return np.array([index[label] for label in targets], dtype=np.int64)
