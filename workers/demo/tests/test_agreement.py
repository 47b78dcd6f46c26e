"""The demo's contract."""

import pytest

from annotation.projects.services import create_project
from labelkit.annotations import LabelIn, SchemaIn
from plateau.access.scopes import Scope
from plateau.datalake.services import create_dataset
from plateau.identity.models import Membership
from registry.contracts.models import Contract
from workers.demo.agreement import agree
from workers.demo.people import actor
from workers.demo.services import create_people


@pytest.mark.django_db
def test_the_demos_contract_is_in_force_and_signed_by_its_customer_and_a_maker():
    create_people()
    admin = actor(Scope.MEMBERS_WRITE)
    schema = SchemaIn(labels=[LabelIn(id=label, name=label, color="#b91c1c") for label in ("trouser", "coat")])
    project = create_project(
        actor=admin,
        dataset=create_dataset(actor=admin, name="Pictures"),
        name="Fashion items",
        kind="classification",
        schema=schema,
    )
    agree(project)
    contract = Contract.objects.get(project=project)
    roles = dict(Membership.objects.filter(organization_id=admin.organization_id).values_list("user_id", "role__key"))
    assert contract.state == "signed"
    assert {signature.party: roles[signature.user_id] for signature in contract.signatures.all()} == {
        "customer": "customer",
        "maker": "scientist",
    }
