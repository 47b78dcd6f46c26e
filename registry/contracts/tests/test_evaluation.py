"""Verdicts from correct and incorrect predictions."""

from registry.contracts.evaluation import (
    ALL,
    FAIL,
    INCONCLUSIVE,
    PASS,
    ContractTerms,
    ItemResult,
    TermsPart,
    evaluate_terms,
)


def _terms(method: str, target: float, expected: float, **more) -> ContractTerms:
    return ContractTerms(method, 0.05, 0.1, (TermsPart(ALL, "", target, expected),), **more)


def test_a_verdict_is_inconclusive_then_passes_and_says_how_many_samples_were_needed():
    terms = _terms("anytime", 0.9, 0.97)
    few = evaluate_terms(terms, [ItemResult(item, True, frozenset()) for item in range(10)])
    assert few["verdict"] == INCONCLUSIVE
    additional = few["parts"][0]["additional_samples_needed"]
    enough = evaluate_terms(terms, [ItemResult(item, True, frozenset()) for item in range(200)])
    assert (enough["verdict"], enough["parts"][0]["additional_samples_needed"]) == (PASS, 0)
    assert 5 < additional < 200


def test_a_bad_model_fails_and_later_luck_does_not_save_it():
    terms = _terms("anytime", 0.9, 0.97)
    bad = [ItemResult(item, item % 2 == 0, frozenset()) for item in range(60)]
    lucky = [ItemResult(item, True, frozenset()) for item in range(60, 2000)]
    assert evaluate_terms(terms, bad)["verdict"] == FAIL
    assert evaluate_terms(terms, bad + lucky)["verdict"] == FAIL


def test_a_fixed_plan_is_evaluated_at_its_number_and_not_before():
    terms = _terms("fixed", 0.95, 0.99)
    plan = terms.sampling_plan(terms.parts[0])
    correct = [ItemResult(item, True, frozenset()) for item in range(plan.sample_size)]
    assert evaluate_terms(terms, correct[:-1])["verdict"] == INCONCLUSIVE
    assert evaluate_terms(terms, correct[:-1])["parts"][0]["additional_samples_needed"] == 1
    assert evaluate_terms(terms, correct)["verdict"] == PASS
    incorrect = [ItemResult(item, False, frozenset()) for item in range(plan.acceptance_number + 1)]
    assert evaluate_terms(terms, incorrect)["verdict"] == FAIL


def test_a_slice_below_its_target_fails_a_good_whole():
    parts = (TermsPart(ALL, "", 0.85, 0.95), TermsPart("class:rare", "Rare", 0.85, 0.95))
    terms = ContractTerms("anytime", 0.05, 0.1, parts)
    common = [ItemResult(item, True, frozenset({"class:common"})) for item in range(900)]
    rare = [ItemResult(item, item % 2 == 0, frozenset({"class:rare"})) for item in range(1000, 1100)]
    result = evaluate_terms(terms, common + rare)
    assert (result["verdict"], [part["state"] for part in result["parts"]]) == (FAIL, [PASS, FAIL])


def test_several_submissions_share_the_risk():
    alone, three = _terms("fixed", 0.95, 0.99), _terms("fixed", 0.95, 0.99, max_submissions=3)
    assert three.sampling_plan(three.parts[0]).sample_size > alone.sampling_plan(alone.parts[0]).sample_size
