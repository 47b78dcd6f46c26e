"""From right and wrong answers to a verdict: pass, fail, or not enough evidence yet. No Django.

A contract has parts: all items, and slices with floors of their own. Each part's claim is that its rate is above its
target. Claims are held together by Holm's method, so the chance that any part is accepted wrongly is at most the
accept risk; that risk is shared equally among the models that may be offered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from statkit import acceptance_sampling, hypothesis_tests, proportions, sequential_tests
from statkit.confidence_sequences import anytime_interval
from statkit.interval import Interval

ALL = "all"
ANYTIME, FIXED = "anytime", "fixed"
PASS, FAIL, OPEN = "pass", "fail", "open"


@dataclass(frozen=True)
class Part:
    """All items, or a slice: `class:<label id>`, or `meta:<field>=<value>`."""

    key: str
    title: str
    target: float
    good: float


@dataclass(frozen=True)
class Terms:
    """What was agreed. `parts[0]` is all items; `candidates` is how many models may be offered."""

    method: str
    accept_risk: float
    refuse_risk: float
    parts: tuple[Part, ...]
    candidates: int = 1

    @property
    def risk_each(self) -> float:
        """Accept risk for each model that may be offered."""
        return self.accept_risk / self.candidates

    def design(self, part: Part) -> acceptance_sampling.SamplingPlan:
        """The fixed design of a part; for several parts its accept risk is shared equally, as Holm's first step.

        Raises:
            ValueError: more than a million items would be needed.
        """
        return acceptance_sampling.smallest_sampling_plan(
            part.target, part.good, self.risk_each / len(self.parts), self.refuse_risk
        )


@dataclass(frozen=True)
class Outcome:
    """One judged item, in the order in which items count."""

    item_id: int
    right: bool
    slices: frozenset[str]

    def within(self, part: Part) -> bool:
        """True where the item counts for the part."""
        return part.key == ALL or part.key in self.slices


def judge(terms: Terms, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The verdict, and what each part rests on.

    Returns:
        `verdict`; `parts`, each with its `state`, counts, exact or anytime-valid 95 % interval, Holm-adjusted
        `p_value`, `missing` (about how many items more; None where unknown or never).
    """
    seen = [[one.right for one in outcomes if one.within(part)] for part in terms.parts]
    rows = [
        (_fixed if terms.method == FIXED else _anytime)(terms, part, right)
        for part, right in zip(terms.parts, seen, strict=True)
    ]
    adjusted = hypothesis_tests.holm_adjusted_p_values([row.pop("p_pass") for row in rows])
    for row, p_value in zip(rows, adjusted, strict=True):
        row["p_value"] = p_value
        if row.pop("ready") and p_value <= terms.risk_each:
            row["state"], row["missing"] = PASS, 0
    states = [row["state"] for row in rows]
    verdict = PASS if set(states) == {PASS} else FAIL if FAIL in states else OPEN
    return {"verdict": verdict, "parts": rows}


def _row(part: Part, right: int, items: int, share: Interval) -> dict[str, Any]:
    return {
        "key": part.key,
        "title": part.title,
        "target": part.target,
        "good": part.good,
        "right": right,
        "items": items,
        **share.as_json(),
        "state": OPEN,
    }


def _anytime(terms: Terms, part: Part, right: list[bool]) -> dict[str, Any]:
    risk = terms.risk_each
    found = sequential_tests.evaluate_sequence(
        right, target=part.target, expected=part.good, false_accept_risk=risk, false_reject_risk=terms.refuse_risk
    )
    row = _row(part, found.correct, found.nobs, anytime_interval(found.correct, found.nobs))
    # Whichever bar was reached first counts; nothing that came later undoes it.
    failed_first = found.failed_after is not None and (
        found.passed_after is None or found.failed_after < found.passed_after
    )
    if failed_first:
        row |= {"state": FAIL, "missing": 0}
    else:
        more = sequential_tests.additional_samples_needed(
            found.correct, found.nobs, target=part.target, expected=part.good, false_accept_risk=risk / len(terms.parts)
        )
        row["missing"] = more
    return row | {"p_pass": found.p_value_pass, "ready": not failed_first}


def _fixed(terms: Terms, part: Part, right: list[bool]) -> dict[str, Any]:
    design = terms.design(part)
    counted = right[: design.sample_size]
    good, items = sum(counted), len(counted)
    row = _row(part, good, items, proportions.clopper_pearson_interval(good, items))
    row |= {
        "design_items": design.sample_size,
        "design_errors": design.acceptance_number,
        "missing": design.sample_size - items,
    }
    done = items == design.sample_size
    if items - good > design.acceptance_number:  # however the rest turns out
        row |= {"state": FAIL, "missing": 0}
    return row | {
        "p_pass": hypothesis_tests.binomial_test_p_value(good, items, part.target) if done else 1.0,
        "ready": done,
    }
