"""Contracts: who may sign what, and what a look may do."""

import pytest

from annotation.snapshots.models import Snapshot
from conftest import built_in_role
from plateau.access.scopes import Scope
from plateau.audit.models import AuditEvent
from plateau.http.errors import Conflict, Invalid
from plateau.identity.models import Membership
from plateau.jobs.models import Job
from registry.contracts import services
from registry.contracts.models import Contract, Look
from registry.contracts.schemas import ContractIn, TermsIn
from registry.model_versions.models import ModelVersion

pytestmark = pytest.mark.django_db
TERMS = {"target": 0.9, "good": 0.95}


@pytest.fixture
def contract(people, make_project) -> Contract:
    project = make_project()
    given = ContractIn(title="Good enough", terms=TermsIn(**TERMS))
    return services.draw_up(actor=people.actor("scientist"), project_id=project.pk, given=given)


@pytest.fixture
def version(contract) -> ModelVersion:
    snapshot = Snapshot.objects.create(
        project=contract.project,
        version=1,
        kind="classification",
        labels=[],
        schema_version=1,
        state="ready",
        content_hash="x",
    )
    return ModelVersion.objects.create(
        project=contract.project,
        snapshot=snapshot,
        name="m",
        version=1,
        mlflow_run_id="r",
        recipe="image_probe",
        seed=0,
        code_version="c",
    )


def sign_both(people, contract) -> Contract:
    services.sign(actor=people.actor("customer"), contract=contract, party="customer", terms_hash=contract.terms_hash)
    return services.sign(
        actor=people.actor("scientist"), contract=contract, party="maker", terms_hash=contract.terms_hash
    )


def kept(look: Look, verdict: str) -> Look:
    Job.objects.filter(pk=look.job_id).update(state="done")
    return services.keep_verdict(look=look, outcomes=[[1, True, 0.9, "a", "a", 1]], result={"verdict": verdict})


def test_a_contract_is_in_force_once_both_sides_signed_the_same_wording(people, contract):
    services.sign(actor=people.actor("customer"), contract=contract, party="customer", terms_hash=contract.terms_hash)
    contract.refresh_from_db()
    assert (contract.state, contract.signed_at) == ("draft", None)
    services.sign(actor=people.actor("scientist"), contract=contract, party="maker", terms_hash=contract.terms_hash)
    contract.refresh_from_db()
    assert contract.state == "signed"
    assert contract.facts["guideline_version"] == 1
    assert {one.terms_hash for one in contract.signatures.all()} == {contract.terms_hash}


def test_a_change_of_the_wording_takes_the_signatures_away_and_old_hashes_do_not_sign(people, contract):
    services.sign(actor=people.actor("customer"), contract=contract, party="customer", terms_hash=contract.terms_hash)
    old = contract.terms_hash
    given = ContractIn(title="Good enough", terms=TermsIn(target=0.8, good=0.95))
    changed = services.change(actor=people.actor("scientist"), contract=contract, given=given)
    assert (changed.signatures.count(), changed.terms_hash == old) == (0, False)
    with pytest.raises(Conflict, match="wording changed"):
        services.sign(actor=people.actor("customer"), contract=changed, party="customer", terms_hash=old)


ROLES = ("customer", "annotator", "reviewer", "manager", "scientist", "admin")


def signing(client, contract, party):
    body = {"party": party, "terms_hash": contract.terms_hash}
    return client.post(f"/api/v1/contracts/{contract.pk}/sign/", body, content_type="application/json")


@pytest.mark.parametrize("party", ["customer", "maker"])
@pytest.mark.parametrize("role", ROLES)
def test_each_role_signs_for_its_own_side_alone(people, contract, role, party):
    drawing = {key for key in ROLES if Scope.CONTRACTS_WRITE in built_in_role(key).granted()}
    right = {"customer": {"customer"}, "maker": drawing}[party]
    answer = signing(people.client(role), contract, party)
    wrong = (409, "wrong_party") if Scope.CONTRACTS_SIGN in built_in_role(role).granted() else (403, "missing_scope")
    assert (answer.status_code, answer.json().get("code")) == ((200, None) if role in right else wrong)
    assert contract.signatures.count() == (role in right)


@pytest.mark.parametrize("first", ["customer", "maker"])
@pytest.mark.parametrize("role", ["manager", "scientist", "admin"])
def test_nobody_signs_for_both_sides_by_another_token_or_a_role_changed_in_between(people, contract, role, first):
    member = people.members["ours", role]
    Contract.objects.update(created_by=people.members["ours", "reviewer"].user)
    for party in (first, "maker" if first == "customer" else "customer"):
        Membership.objects.filter(pk=member.pk).update(role=built_in_role("customer" if party == "customer" else role))
        member.refresh_from_db()
        answer = signing(people.client(role), contract, party)  # a token of its own each time
    assert (answer.status_code, answer.json()["code"]) == (409, "signed_for_both")
    contract.refresh_from_db()
    assert (contract.state, contract.signatures.count()) == ("draft", 1)


def test_whoever_drew_it_up_does_not_sign_as_customer_later(people, contract):
    member = people.members["ours", "scientist"]
    Membership.objects.filter(pk=member.pk).update(role=built_in_role("customer"))
    member.refresh_from_db()
    answer = signing(people.client("scientist"), contract, "customer")
    assert (answer.status_code, answer.json()["code"]) == (409, "signed_for_both")


def test_a_customers_signature_lapses_with_their_role_and_stands_when_they_left(people, contract):
    member = people.members["ours", "customer"]
    assert signing(people.client("customer"), contract, "customer").status_code == 200
    Membership.objects.filter(pk=member.pk).update(role=built_in_role("manager"))
    answer = signing(people.client("scientist"), contract, "maker")
    assert (answer.status_code, answer.json()["code"]) == (409, "signature_lapsed")
    Membership.objects.filter(pk=member.pk).update(role=built_in_role("customer"), is_active=False)
    assert signing(people.client("scientist"), contract, "maker").json()["state"] == "signed"


def test_a_side_signs_once_and_the_screen_is_told_for_which_side_the_caller_may_sign(people, contract):
    def told(role):
        one = people.client(role).get(f"/api/v1/contracts/{contract.pk}/").json()["signable"]
        rows = people.client(role).get("/api/v1/contracts/").json()["results"]
        assert [row["signable"] for row in rows] == [one]
        return one

    roles = ("customer", "manager", "scientist", "admin")
    assert [told(role) for role in roles] == ["customer", "maker", "maker", "maker"]
    assert signing(people.client("manager"), contract, "maker").status_code == 200
    assert [told(role) for role in roles] == ["customer", None, None, None]
    assert signing(people.client("scientist"), contract, "maker").json()["code"] == "party_signed"
    signing(people.client("customer"), contract, "customer")
    assert [told(role) for role in roles] == [None] * 4


def test_a_signed_contract_is_not_changed(people, contract):
    sign_both(people, contract)
    with pytest.raises(Conflict, match="not changed"):
        services.change(
            actor=people.actor("scientist"), contract=contract, given=ContractIn(title="x", terms=TermsIn(**TERMS))
        )


def test_nobody_looks_before_both_have_signed(people, contract, version):
    with pytest.raises(Conflict, match="signed"):
        services.order_look(actor=people.actor("scientist"), contract=contract, version=version)


def test_a_pass_ends_the_contract_and_every_look_is_on_record(people, contract, version):
    sign_both(people, contract)
    first = services.order_look(actor=people.actor("scientist"), contract=contract, version=version)
    with pytest.raises(Conflict, match="being taken"):
        services.order_look(actor=people.actor("scientist"), contract=contract, version=version)
    kept(first, "open")
    second = services.order_look(actor=people.actor("scientist"), contract=contract, version=version)
    kept(second, "pass")
    contract.refresh_from_db()
    assert (contract.state, contract.looks.count()) == ("passed", 2)
    with pytest.raises(Conflict, match="passed"):
        services.order_look(actor=people.actor("scientist"), contract=contract, version=version)
    events = AuditEvent.objects.filter(subject="contracts.contract").values_list("action", flat=True)
    assert list(events.order_by("pk"))[-1] == "contract.verdict"


def test_a_verdict_is_written_once(people, contract, version):
    sign_both(people, contract)
    look = services.order_look(actor=people.actor("scientist"), contract=contract, version=version)
    kept(look, "open")
    assert kept(look, "pass").verdict == "open"


def test_the_contract_fails_when_its_last_candidate_failed_and_takes_no_other(people, contract, version):
    sign_both(people, contract)
    other = ModelVersion.objects.create(
        project=contract.project,
        snapshot=version.snapshot,
        name="m",
        version=2,
        mlflow_run_id="r2",
        recipe="image_probe",
        seed=0,
        code_version="c",
    )
    look = services.order_look(actor=people.actor("scientist"), contract=contract, version=version)
    kept(look, "open")
    with pytest.raises(Conflict, match="allows 1"):
        services.order_look(actor=people.actor("scientist"), contract=contract, version=other)
    kept(services.order_look(actor=people.actor("scientist"), contract=contract, version=version), "fail")
    contract.refresh_from_db()
    assert contract.state == "failed"


def test_terms_that_nothing_can_settle_name_the_field(people, make_project):
    given = ContractIn(title="x", terms=TermsIn(target=0.99999, good=0.999991, accept_risk=0.001, refuse_risk=0.001))
    with pytest.raises(Invalid) as caught:
        services.draw_up(actor=people.actor("scientist"), project_id=make_project().pk, given=given)
    assert caught.value.extra["errors"][0]["field"] == "terms.target"


def test_the_plan_shows_the_trade_off(people):
    body = {"terms": {"target": 0.95, "good": 0.99}}
    plan = people.client("customer").post("/api/v1/contracts/plan/", body, content_type="application/json").json()
    assert [(one["items"], one["errors"]) for one in plan["table"]][:3] == [(59, 0), (93, 1), (124, 2)]
    assert plan["parts"][0]["typical"] <= plan["parts"][0]["design"]["items"]
    assert len(plan["rates"]) == len(plan["table"][0]["chances"])
