"""Spans as tags of characters, and back: outside, and for each label its begin and its inside."""

import numpy as np
from numpy.typing import NDArray

from labelkit.values import SpanPart, SpansAnnotation
from workers.recipes.base import Example


def tags_of(example: Example, labels: list[str]) -> NDArray[np.int64]:
    """(characters,) 0 outside, 2·label + 1 where a span begins, 2·label + 2 inside; longer spans yield to shorter."""
    tag_by_label = {label: number for number, label in enumerate(labels)}
    tags = np.zeros(len(example.text), dtype=np.int64)
    for span in sorted(example.target, key=lambda span: span.start - span.end):
        number = tag_by_label[span.label]
        tags[span.start : span.end] = 2 * number + 2
        tags[span.start] = 2 * number + 1
    return tags


def answer_of(shares: NDArray[np.float64], labels: list[str]) -> SpansAnnotation:
    """(characters, tags) shares as an answer: the best sequence in which an inside follows its own begin or inside.

    The sequence is found as A. Viterbi's is; a span's score is the mean share of its tags.
    """
    if not len(shares):
        return {"spans": [], "relations": []}
    best = _best_sequence(np.log(np.maximum(shares, 1e-12)))
    spans: list[SpanPart] = []
    start = -1
    for position in range(len(best) + 1):
        tag = int(best[position]) if position < len(best) else 0
        inside = tag > 0 and tag % 2 == 0
        if start >= 0 and not inside:
            score = float(shares[np.arange(start, position), best[start:position]].mean())
            label = labels[(int(best[start]) - 1) // 2]
            spans.append(
                {"id": f"m{len(spans)}", "label": label, "start": start, "end": position, "score": round(score, 4)}
            )
            start = -1
        if tag % 2 == 1:
            start = position
    return {"spans": spans, "relations": []}


def _best_sequence(logs: NDArray[np.float64]) -> NDArray[np.int64]:
    count = logs.shape[1]
    insides = np.arange(2, count, 2)
    total, back = logs[0].copy(), np.zeros(logs.shape, dtype=np.int64)
    total[insides] = -np.inf  # nothing begins inside
    for position in range(1, len(logs)):
        come = np.full(count, int(total.argmax()))
        come[insides] = np.where(total[insides] >= total[insides - 1], insides, insides - 1)
        back[position] = come
        total = total[come] + logs[position]
    best = np.zeros(len(logs), dtype=np.int64)
    best[-1] = int(total.argmax())
    for position in range(len(logs) - 1, 0, -1):
        best[position - 1] = back[position, best[position]]
    return best
