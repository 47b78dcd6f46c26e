"""Baseline for spans: a dictionary of what was marked before."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from labelkit.values import SpanPart, SpansAnnotation
from workers.recipes.base import Example, Run
from workers.recipes.spec import NoParameters, RecipeSpec

SPEC = RecipeSpec(
    key="spans_lookup",
    module=__name__,
    title="Dictionary lookup",
    description="Baseline: marks the words that were marked in the training texts.",
    media_types=frozenset({"text"}),
    annotation_types=frozenset({"spans"}),
)


@dataclass
class Lookup:
    """Piece of text to its label and the share of its occurrences that were marked so."""

    labels: list[str]
    words: dict[str, tuple[str, float]]

    def predict(self, examples: Sequence[Example]) -> list[SpansAnnotation]:
        """Known pieces from left to right, the longest first."""
        longest = max((len(word) for word in self.words), default=0)
        predictions = []
        for example in examples:
            spans: list[SpanPart] = []
            position = 0
            while position < len(example.text):
                for size in range(min(longest, len(example.text) - position), 0, -1):
                    label_and_score = self.words.get(example.text[position : position + size])
                    if label_and_score:
                        label, score = label_and_score
                        span: SpanPart = {
                            "id": f"m{len(spans)}",
                            "label": label,
                            "start": position,
                            "end": position + size,
                        }
                        spans.append({**span, "score": round(score, 4)})
                        position += size
                        break
                else:
                    position += 1
            predictions.append({"spans": spans, "relations": []})
        return predictions

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        (folder / "words.json").write_text(json.dumps({"labels": self.labels, "words": self.words}))


def fit(examples: Sequence[Example], labels: list[str], params: NoParameters, run: Run) -> Lookup:
    """See `Recipe.fit`. Pieces that are marked at fewer than half of their occurrences are left out."""
    run.raise_if_stopped()
    marked: Counter[tuple[str, str]] = Counter()
    for example in examples:
        for span in example.target:
            marked[example.text[span.start : span.end], span.label] += 1
    words: dict[str, tuple[str, float]] = {}
    for (word, label), count in marked.most_common():
        if word in words:
            continue
        occurrences = sum(example.text.count(word) for example in examples)
        share = count / max(occurrences, count)
        if share >= 0.5:
            words[word] = (label, share)
    return Lookup(labels, words)


def load(folder: Path, cache: Path) -> Lookup:
    """See `Recipe.load`."""
    saved = json.loads((folder / "words.json").read_text())
    return Lookup(saved["labels"], {word: (label, share) for word, (label, share) in saved["words"].items()})
