"""From correct and incorrect predictions to a verdict: pass, fail, or inconclusive. No Django.

A contract has parts: all items, and slices with targets of their own. Each part claims that its accuracy is above its
target. Claims are adjusted by Holm's method, so that any part is accepted wrongly with a probability of at most the
false-accept risk, which is shared equally among the models that may be submitted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from statkit import acceptance_sampling, hypothesis_tests, proportions, sequential_tests
from statkit.confidence_sequences import anytime_interval
from statkit.interval import Interval

ALL = "all"
ANYTIME, FIXED = "anytime", "fixed"
PASS, FAIL, INCONCLUSIVE = "pass", "fail", "inconclusive"


@dataclass(frozen=True)
class TermsPart:
    """All items, or a slice: `class:<label id>`, or `meta:<field>=<value>`."""

    key: str
    title: str
    target: float
    expected: float


@dataclass(frozen=True)
class ContractTerms:
    """What was agreed. `parts[0]` is all items; `max_submissions` is how many models may be submitted."""

    method: str
    false_accept_risk: float
    false_reject_risk: float
    parts: tuple[TermsPart, ...]
    max_submissions: int = 1

    @property
    def risk_per_submission(self) -> float:
        """False-accept risk of each model that may be submitted."""
        return self.false_accept_risk / self.max_submissions

    def sampling_plan(self, part: TermsPart) -> acceptance_sampling.SamplingPlan:
        """The fixed sampling plan of a part; several parts share the false-accept risk equally, as Holm's first step.

        Raises:
            ValueError: more than a million items would be needed.
        """
        return acceptance_sampling.smallest_sampling_plan(
            part.target, part.expected, self.risk_per_submission / len(self.parts), self.false_reject_risk
        )


class StoredItemResult(NamedTuple):
    """A row of `ContractEvaluation.item_results`; `snapshot_version` is the first snapshot that it was evaluated on."""

    item_id: int
    correct: bool
    confidence: float
    true_label: str
    predicted_label: str
    snapshot_version: int


@dataclass(frozen=True)
class ItemResult:
    """An evaluated item and the slices that it is in."""

    item_id: int
    correct: bool
    slices: frozenset[str]

    def counts_for(self, part: TermsPart) -> bool:
        """True where the item counts for the part."""
        return part.key == ALL or part.key in self.slices


def evaluate_terms(terms: ContractTerms, item_results: Sequence[ItemResult]) -> dict[str, Any]:
    """The verdict, and what each part rests on.

    Returns:
        `verdict`; `parts`, each with its `state`, counts, exact or anytime-valid 95 % interval, Holm-adjusted
        `p_value`, `additional_samples_needed` (an estimate; None where more items alone will not do).
    """
    correct_by_part = [[result.correct for result in item_results if result.counts_for(part)] for part in terms.parts]
    rows = [
        (_fixed if terms.method == FIXED else _anytime)(terms, part, correct)
        for part, correct in zip(terms.parts, correct_by_part, strict=True)
    ]
    adjusted = hypothesis_tests.holm_adjusted_p_values([row.pop("p_pass") for row in rows])
    for row, p_value in zip(rows, adjusted, strict=True):
        row["p_value"] = p_value
        if row.pop("ready") and p_value <= terms.risk_per_submission:
            row["state"], row["additional_samples_needed"] = PASS, 0
    states = [row["state"] for row in rows]
    verdict = PASS if set(states) == {PASS} else FAIL if FAIL in states else INCONCLUSIVE
    return {"verdict": verdict, "parts": rows}


def _row(part: TermsPart, correct: int, items: int, proportion: Interval) -> dict[str, object]:
    return {
        "key": part.key,
        "title": part.title,
        "target": part.target,
        "expected": part.expected,
        "correct": correct,
        "items": items,
        **proportion.as_json(),
        "state": INCONCLUSIVE,
    }


def _anytime(terms: ContractTerms, part: TermsPart, correct: list[bool]) -> dict[str, Any]:
    risk = terms.risk_per_submission
    sequence = sequential_tests.evaluate_sequence(
        correct,
        target=part.target,
        expected=part.expected,
        false_accept_risk=risk,
        false_reject_risk=terms.false_reject_risk,
    )
    row = _row(part, sequence.correct, sequence.nobs, anytime_interval(sequence.correct, sequence.nobs))
    # Whichever threshold was reached first counts; nothing that came later undoes it.
    failed_first = sequence.failed_after is not None and (
        sequence.passed_after is None or sequence.failed_after < sequence.passed_after
    )
    if failed_first:
        row |= {"state": FAIL, "additional_samples_needed": 0}
    else:
        additional = sequential_tests.additional_samples_needed(
            sequence.correct,
            sequence.nobs,
            target=part.target,
            expected=part.expected,
            false_accept_risk=risk / len(terms.parts),
        )
        row["additional_samples_needed"] = additional
    return row | {"p_pass": sequence.p_value_pass, "ready": not failed_first}


def _fixed(terms: ContractTerms, part: TermsPart, correct: list[bool]) -> dict[str, Any]:
    plan = terms.sampling_plan(part)
    counted = correct[: plan.sample_size]
    n_correct, items = sum(counted), len(counted)
    row = _row(part, n_correct, items, proportions.clopper_pearson_interval(n_correct, items))
    row |= {
        "sample_size": plan.sample_size,
        "acceptance_number": plan.acceptance_number,
        "additional_samples_needed": plan.sample_size - items,
    }
    is_complete = items == plan.sample_size
    if items - n_correct > plan.acceptance_number:  # however the rest turns out
        row |= {"state": FAIL, "additional_samples_needed": 0}
    return row | {
        "p_pass": hypothesis_tests.binomial_test_p_value(n_correct, items, part.target) if is_complete else 1.0,
        "ready": is_complete,
    }
