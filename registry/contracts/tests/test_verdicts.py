"""What right and wrong answers make a contract say."""

from registry.contracts.verdicts import ALL, FAIL, OPEN, PASS, Outcome, Part, Terms, judge


def _terms(method: str, target: float, good: float, **more) -> Terms:
    return Terms(method, 0.05, 0.1, (Part(ALL, "", target, good),), **more)


def test_a_verdict_is_open_then_passes_and_says_what_was_missing():
    terms = _terms("anytime", 0.9, 0.97)
    few = judge(terms, [Outcome(item, True, frozenset()) for item in range(10)])
    assert few["verdict"] == OPEN
    missing = few["parts"][0]["missing"]
    enough = judge(terms, [Outcome(item, True, frozenset()) for item in range(200)])
    assert (enough["verdict"], enough["parts"][0]["missing"]) == (PASS, 0)
    assert 5 < missing < 200


def test_a_bad_model_fails_and_later_luck_does_not_save_it():
    terms = _terms("anytime", 0.9, 0.97)
    bad = [Outcome(item, item % 2 == 0, frozenset()) for item in range(60)]
    lucky = [Outcome(item, True, frozenset()) for item in range(60, 2000)]
    assert judge(terms, bad)["verdict"] == FAIL
    assert judge(terms, bad + lucky)["verdict"] == FAIL


def test_a_fixed_design_is_judged_at_its_number_and_not_before():
    terms = _terms("fixed", 0.95, 0.99)
    design = terms.design(terms.parts[0])
    right = [Outcome(item, True, frozenset()) for item in range(design.sample_size)]
    assert judge(terms, right[:-1])["verdict"] == OPEN
    assert judge(terms, right[:-1])["parts"][0]["missing"] == 1
    assert judge(terms, right)["verdict"] == PASS
    wrong = [Outcome(item, False, frozenset()) for item in range(design.acceptance_number + 1)]
    assert judge(terms, wrong)["verdict"] == FAIL


def test_a_slice_below_its_floor_stops_a_good_whole():
    parts = (Part(ALL, "", 0.85, 0.95), Part("class:rare", "Rare", 0.85, 0.95))
    terms = Terms("anytime", 0.05, 0.1, parts)
    common = [Outcome(item, True, frozenset({"class:common"})) for item in range(900)]
    rare = [Outcome(item, item % 2 == 0, frozenset({"class:rare"})) for item in range(1000, 1100)]
    found = judge(terms, common + rare)
    assert (found["verdict"], [one["state"] for one in found["parts"]]) == (FAIL, [PASS, FAIL])


def test_several_candidates_share_the_risk():
    alone, three = _terms("fixed", 0.95, 0.99), _terms("fixed", 0.95, 0.99, candidates=3)
    assert three.design(three.parts[0]).sample_size > alone.design(alone.parts[0]).sample_size
