"""Contracts that were signed by the names of earlier releases stay valid, and are read by today's names."""

import hashlib

import orjson
import pytest

from registry.contracts import services
from registry.contracts.schemas import ContractIn, SliceIn, TermsIn
from registry.contracts.terms import FORMER_NAMES, read_terms, wording_hash
from registry.contracts.tests.factories import ContractFactory, SignerFactory

# As 0.2.0 stored and hashed it. These rows are signed: what is written here stays as it is.
SIGNED = {
    "metric": "accuracy",
    "target": 0.9,
    "good": 0.95,
    "accept_risk": 0.05,
    "refuse_risk": 0.1,
    "method": "anytime",
    "candidates": 2,
    "fresh": True,
    "slices": [{"key": "class:a", "title": "A", "target": 0.8}],
}
SIGNED_HASH = "698feafec86712751b946befccec0f4d2420cd87c9ba6c01a615f1267a9c32f4"
TERMS = TermsIn(
    target=0.9,
    expected=0.95,
    false_accept_risk=0.05,
    false_reject_risk=0.1,
    max_submissions=2,
    new_labels_only=True,
    slices=[SliceIn(key="class:a", title="A", target=0.8)],
)


def test_terms_of_earlier_releases_are_read_by_todays_names():
    assert read_terms(SIGNED) == TERMS
    assert read_terms(TERMS.model_dump()) == TERMS
    assert set(FORMER_NAMES.values()) <= set(TermsIn.model_fields)


@pytest.mark.django_db
def test_a_contract_that_an_earlier_release_stored_keeps_its_hash_and_is_signed_by_it(people, make_project):
    contract = ContractFactory(project=make_project(), note="As agreed.", terms=SIGNED, terms_hash=SIGNED_HASH)
    people.assign(contract.project)
    shown = people.client("customer").get(f"/api/v1/contracts/{contract.pk}/").json()
    assert (shown["terms"], shown["submissions_left"]) == (TERMS.model_dump(), 2)
    assert hashlib.sha256(orjson.dumps(shown["wording"], option=orjson.OPT_SORT_KEYS)).hexdigest() == SIGNED_HASH
    for role, party in (("customer", "customer"), ("scientist", "maker")):
        SignerFactory(contract=contract, party=party, user=people.members["ours", role].user)
        services.sign_contract(actor=people.actor(role), contract=contract, party=party, terms_hash=shown["terms_hash"])
    contract.refresh_from_db()
    assert (contract.state, contract.terms) == ("signed", SIGNED)
    assert wording_hash(contract.title, contract.note, contract.terms) == SIGNED_HASH


@pytest.mark.django_db
def test_what_is_hashed_is_what_is_stored(people, make_project):
    project = make_project()
    draft = ContractIn(title="Good enough", terms=TERMS, **people.signers(project))
    contract = services.create_contract(actor=people.actor("scientist"), project_id=project.pk, draft=draft)
    contract.refresh_from_db()
    assert contract.terms_hash == wording_hash(contract.title, contract.note, contract.terms)
