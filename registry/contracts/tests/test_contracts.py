"""Contracts: who may sign what, and which models are evaluated."""

import pytest

from plateau.access.scopes import Scope
from plateau.audit.models import AuditEvent
from plateau.http.errors import InvalidInput
from plateau.identity.models import Membership
from plateau.identity.tests.factories import MembershipFactory, built_in_role
from plateau.jobs.models import Job
from registry.contracts import services
from registry.contracts.errors import (
    ContractEvaluationInProgress,
    ContractNotDraft,
    ContractNotInForce,
    NoSubmissionsLeft,
    WordingChanged,
)
from registry.contracts.models import Contract, ContractEvaluation
from registry.contracts.schemas import ContractIn, TermsIn
from registry.model_versions.models import ModelVersion
from registry.model_versions.tests.factories import ModelVersionFactory

pytestmark = pytest.mark.django_db
TERMS = {"target": 0.9, "expected": 0.95}


@pytest.fixture
def contract(people, make_project) -> Contract:
    project = make_project()
    draft = ContractIn(title="Good enough", terms=TermsIn(**TERMS), **people.signers(project))
    return services.create_contract(actor=people.actor("scientist"), project_id=project.pk, draft=draft)


@pytest.fixture
def version(contract) -> ModelVersion:
    return ModelVersionFactory(project=contract.project)


def sign_both(people, contract) -> Contract:
    services.sign_contract(
        actor=people.actor("customer"), contract=contract, party="customer", terms_hash=contract.terms_hash
    )
    return services.sign_contract(
        actor=people.actor("scientist"), contract=contract, party="maker", terms_hash=contract.terms_hash
    )


def saved(evaluation: ContractEvaluation, verdict: str) -> ContractEvaluation:
    Job.objects.filter(pk=evaluation.job_id).update(state="done")
    return services.save_evaluation(
        evaluation=evaluation, item_results=[[1, True, 0.9, "a", "a", 1]], result={"verdict": verdict}
    )


def test_a_contract_is_in_force_once_both_sides_signed_the_same_wording(people, contract):
    services.sign_contract(
        actor=people.actor("customer"), contract=contract, party="customer", terms_hash=contract.terms_hash
    )
    contract.refresh_from_db()
    assert (contract.state, contract.signed_at) == ("draft", None)
    services.sign_contract(
        actor=people.actor("scientist"), contract=contract, party="maker", terms_hash=contract.terms_hash
    )
    contract.refresh_from_db()
    assert contract.state == "signed"
    assert contract.facts["guideline_version"] == 1
    assert {signature.terms_hash for signature in contract.signatures.all()} == {contract.terms_hash}


def test_a_change_of_the_wording_takes_the_signatures_away_and_old_hashes_do_not_sign(people, contract):
    services.sign_contract(
        actor=people.actor("customer"), contract=contract, party="customer", terms_hash=contract.terms_hash
    )
    old = contract.terms_hash
    draft = ContractIn(
        title="Good enough", terms=TermsIn(target=0.8, expected=0.95), **people.signers(contract.project)
    )
    changed = services.update_contract(actor=people.actor("scientist"), contract=contract, draft=draft)
    assert (changed.signatures.count(), changed.terms_hash == old) == (0, False)
    with pytest.raises(WordingChanged):
        services.sign_contract(actor=people.actor("customer"), contract=changed, party="customer", terms_hash=old)


ROLES = ("customer", "annotator", "reviewer", "manager", "scientist", "admin")


def signing(client, contract, party):
    body = {"party": party, "terms_hash": contract.terms_hash}
    return client.post(f"/api/v1/contracts/{contract.pk}/sign/", body, content_type="application/json")


@pytest.mark.parametrize("party", ["customer", "maker"])
@pytest.mark.parametrize("role", ROLES)
def test_each_role_signs_for_its_own_side_alone(people, contract, role, party):
    drawing = {key for key in ROLES if Scope.CONTRACTS_WRITE in built_in_role(key).granted()}
    right = {"customer": {"customer"}, "maker": drawing}[party]
    response = signing(people.client(role), contract, party)
    wrong = (409, "wrong_party") if Scope.CONTRACTS_SIGN in built_in_role(role).granted() else (403, "missing_scope")
    assert (response.status_code, response.json().get("code")) == ((200, None) if role in right else wrong)
    assert contract.signatures.count() == (role in right)


@pytest.mark.parametrize("first", ["customer", "maker"])
@pytest.mark.parametrize("role", ["manager", "scientist", "admin"])
def test_nobody_signs_for_both_sides_by_another_token_or_a_role_changed_in_between(people, contract, role, first):
    member = people.members["ours", role]
    Contract.objects.update(created_by=people.members["ours", "reviewer"].user)
    for party in (first, "maker" if first == "customer" else "customer"):
        Membership.objects.filter(pk=member.pk).update(role=built_in_role("customer" if party == "customer" else role))
        member.refresh_from_db()
        response = signing(people.client(role), contract, party)  # a token of its own each time
        assert response.status_code == 200 if party == "maker" else (409, "wrong_party")
    contract.refresh_from_db()
    assert (contract.state, [signature.party for signature in contract.signatures.all()]) == ("draft", ["maker"])


def test_whoever_drew_it_up_does_not_sign_as_customer_later(people, contract):
    member = people.members["ours", "scientist"]
    Membership.objects.filter(pk=member.pk).update(role=built_in_role("customer"))
    member.refresh_from_db()
    response = signing(people.client("scientist"), contract, "customer")
    assert (response.status_code, response.json()["code"]) == (409, "wrong_party")


def test_a_member_of_the_right_role_who_is_not_named_does_not_sign(people, contract):
    for role, party in (("customer", "customer"), ("manager", "maker")):
        other = MembershipFactory(organization=people.organizations["ours"], role=built_in_role(role))
        people.members["ours", "other"] = other
        people.assign(contract.project, "other")
        response = signing(people.client("other"), contract, party)
        assert (response.status_code, response.json()["code"]) == (409, "wrong_party"), role
        assert people.client("other").get(f"/api/v1/contracts/{contract.pk}/").json()["signable_party"] is None
    assert contract.signatures.count() == 0


def test_each_party_names_people_who_can_sign_for_it_and_nobody_for_both(people, contract):
    ids = {role: people.members["ours", role].user_id for role in ROLES}
    theirs = people.members["theirs", "customer"].user_id
    elsewhere = MembershipFactory(organization=people.organizations["ours"], role=built_in_role("customer"))
    gone = MembershipFactory(organization=people.organizations["ours"], role=built_in_role("customer"), is_active=False)
    body = {"title": "x", "terms": TERMS}
    where = f"/api/v1/projects/{contract.project_id}/contracts/"
    for customers, makers, field in (
        ([ids["scientist"]], [ids["manager"]], "customer_ids.0"),  # who creates contracts is no customer
        ([ids["admin"]], [ids["manager"]], "customer_ids.0"),
        ([ids["customer"], ids["annotator"]], [ids["manager"]], "customer_ids.1"),
        ([ids["customer"]], [ids["customer"]], "maker_ids"),
        ([ids["customer"]], [ids["reviewer"]], "maker_ids.0"),
        ([theirs], [ids["manager"]], "customer_ids.0"),
        ([gone.user_id], [ids["manager"]], "customer_ids.0"),
        ([elsewhere.user_id], [ids["manager"]], "customer_ids.0"),  # not a member of the project
        ([0], [ids["manager"]], "customer_ids.0"),
        ([], [ids["manager"]], "customer_ids"),
        (None, [ids["manager"]], "customer_ids"),
        ([ids["customer"]], None, "maker_ids"),
    ):
        named = {"customer_ids": customers, "maker_ids": makers}
        sent = body | {key: value for key, value in named.items() if value is not None}
        response = people.client("scientist").post(where, sent, content_type="application/json")
        assert response.status_code == 400, named
        assert response.json()["errors"][0]["field"] == field, (named, response.json())
    assert Contract.objects.count() == 1
    eligible = people.client("scientist").get(f"/api/v1/projects/{contract.project_id}/contract-signers/").json()
    assert [row["user_id"] for row in eligible["customers"]] == [ids["customer"]]
    assert {row["user_id"] for row in eligible["makers"]} == {ids["scientist"], ids["manager"], ids["admin"]}


def test_other_signers_take_the_signatures_away(people, contract):
    assert signing(people.client("manager"), contract, "maker").status_code == 200
    draft = ContractIn(title=contract.title, terms=TermsIn(**TERMS), **people.signers(contract.project) | {
        "maker_ids": [people.members["ours", "scientist"].user_id]})  # fmt: skip
    services.update_contract(actor=people.actor("scientist"), contract=contract, draft=draft)
    assert contract.signatures.count() == 0
    assert signing(people.client("manager"), contract, "maker").json()["code"] == "wrong_party"
    named = people.client("manager").get(f"/api/v1/contracts/{contract.pk}/").json()["signers"]
    assert {(row["party"], row["name"]) for row in named} == {("customer", "Customer"), ("maker", "Scientist")}


def test_a_customers_signature_lapses_with_their_role_and_stands_when_they_left(people, contract):
    member = people.members["ours", "customer"]
    assert signing(people.client("customer"), contract, "customer").status_code == 200
    Membership.objects.filter(pk=member.pk).update(role=built_in_role("manager"))
    response = signing(people.client("scientist"), contract, "maker")
    assert (response.status_code, response.json()["code"]) == (409, "signature_lapsed")
    Membership.objects.filter(pk=member.pk).update(role=built_in_role("customer"), is_active=False)
    assert signing(people.client("scientist"), contract, "maker").json()["state"] == "signed"


def test_a_side_signs_once_and_the_screen_is_told_for_which_side_the_caller_may_sign(people, contract):
    def signable_party(role):
        party = people.client(role).get(f"/api/v1/contracts/{contract.pk}/").json()["signable_party"]
        rows = people.client(role).get("/api/v1/contracts/").json()["results"]
        assert [row["signable_party"] for row in rows] == [party]
        return party

    roles = ("customer", "manager", "scientist", "admin")
    assert [signable_party(role) for role in roles] == ["customer", "maker", "maker", "maker"]
    assert signing(people.client("manager"), contract, "maker").status_code == 200
    assert [signable_party(role) for role in roles] == ["customer", None, None, None]
    assert signing(people.client("scientist"), contract, "maker").json()["code"] == "party_signed"
    signing(people.client("customer"), contract, "customer")
    assert [signable_party(role) for role in roles] == [None] * 4


def test_a_signed_contract_is_not_changed(people, contract):
    sign_both(people, contract)
    with pytest.raises(ContractNotDraft, match="only drafts"):
        services.update_contract(
            actor=people.actor("scientist"),
            contract=contract,
            draft=ContractIn(title="x", terms=TermsIn(**TERMS), **people.signers(contract.project)),
        )


def test_no_model_is_evaluated_before_both_have_signed(people, contract, version):
    with pytest.raises(ContractNotInForce, match="signed"):
        services.request_evaluation(actor=people.actor("scientist"), contract=contract, version=version)


def test_a_pass_ends_the_contract_and_every_evaluation_is_on_record(people, contract, version):
    sign_both(people, contract)
    first = services.request_evaluation(actor=people.actor("scientist"), contract=contract, version=version)
    with pytest.raises(ContractEvaluationInProgress):
        services.request_evaluation(actor=people.actor("scientist"), contract=contract, version=version)
    saved(first, "inconclusive")
    second = services.request_evaluation(actor=people.actor("scientist"), contract=contract, version=version)
    saved(second, "pass")
    contract.refresh_from_db()
    assert (contract.state, contract.evaluations.count()) == ("passed", 2)
    with pytest.raises(ContractNotInForce, match="passed"):
        services.request_evaluation(actor=people.actor("scientist"), contract=contract, version=version)
    events = AuditEvent.objects.filter(subject="contracts.contract").values_list("action", flat=True)
    assert list(events.order_by("pk"))[-1] == "contract.verdict"


def test_a_verdict_is_written_once(people, contract, version):
    sign_both(people, contract)
    evaluation = services.request_evaluation(actor=people.actor("scientist"), contract=contract, version=version)
    saved(evaluation, "inconclusive")
    assert saved(evaluation, "pass").verdict == "inconclusive"


def test_the_contract_fails_when_its_last_submission_failed_and_takes_no_other(people, contract, version):
    sign_both(people, contract)
    other_version = ModelVersionFactory(project=contract.project, snapshot=version.snapshot)
    evaluation = services.request_evaluation(actor=people.actor("scientist"), contract=contract, version=version)
    saved(evaluation, "inconclusive")
    with pytest.raises(NoSubmissionsLeft, match=r"used \(1\)"):
        services.request_evaluation(actor=people.actor("scientist"), contract=contract, version=other_version)
    saved(services.request_evaluation(actor=people.actor("scientist"), contract=contract, version=version), "fail")
    contract.refresh_from_db()
    assert contract.state == "failed"


def test_terms_that_nothing_can_settle_name_the_field(people, make_project):
    project = make_project()
    draft = ContractIn(
        title="x",
        terms=TermsIn(target=0.99999, expected=0.999991, false_accept_risk=0.001, false_reject_risk=0.001),
        **people.signers(project),
    )
    with pytest.raises(InvalidInput) as caught:
        services.create_contract(actor=people.actor("scientist"), project_id=project.pk, draft=draft)
    assert caught.value.extra["errors"][0]["field"] == "terms.target"


def test_the_plan_shows_the_trade_off(people):
    body = {"terms": {"target": 0.95, "expected": 0.99}}
    plan = (
        people.client("customer").post("/api/v1/contracts/sample-size/", body, content_type="application/json").json()
    )
    assert [(design["sample_size"], design["acceptance_number"]) for design in plan["sampling_plans"]][:3] == [
        (59, 0),
        (93, 1),
        (124, 2),
    ]
    assert plan["parts"][0]["median_sample_size"] <= plan["parts"][0]["sampling_plan"]["sample_size"]
    assert len(plan["accuracies"]) == len(plan["sampling_plans"][0]["pass_probabilities"])
