"""Contracts in draft, their signatures, and evaluations by them."""

import factory
from factory.django import DjangoModelFactory

from annotation.projects.tests.factories import ProjectFactory
from plateau.identity.tests.factories import UserFactory
from plateau.jobs.tests.factories import project_job
from registry.contracts.models import Contract, ContractEvaluation, Party, Signature, Signer
from registry.contracts.schemas import TermsIn
from registry.contracts.terms import wording_hash
from registry.model_versions.tests.factories import ModelVersionFactory


class ContractFactory(DjangoModelFactory):
    class Meta:
        model = Contract

    project = factory.SubFactory(ProjectFactory)
    title = "Good enough"
    note = ""
    terms = factory.LazyFunction(lambda: TermsIn(target=0.9, expected=0.95).model_dump())
    terms_hash = factory.LazyAttribute(lambda contract: wording_hash(contract.title, contract.note, contract.terms))


class SignerFactory(DjangoModelFactory):
    class Meta:
        model = Signer

    contract = factory.SubFactory(ContractFactory)
    party = Party.CUSTOMER
    user = factory.SubFactory(UserFactory)


class SignatureFactory(DjangoModelFactory):
    class Meta:
        model = Signature

    contract = factory.SubFactory(ContractFactory)
    party = Party.CUSTOMER
    user = factory.SubFactory(UserFactory)
    name = factory.SelfAttribute("user.name")
    terms_hash = factory.SelfAttribute("contract.terms_hash")


class ContractEvaluationFactory(DjangoModelFactory):
    class Meta:
        model = ContractEvaluation

    contract = factory.SubFactory(ContractFactory)
    model_version = factory.SubFactory(ModelVersionFactory, project=factory.SelfAttribute("..contract.project"))
    snapshot = factory.SelfAttribute("model_version.snapshot")
    job = project_job("evaluate_contract", "contract.project")
