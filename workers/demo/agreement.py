"""A contract that both sides signed before any model was there; judging by it is left to whoever tries the demo."""

from annotation.labeling.memberships import assign
from annotation.projects.models import Project
from plateau.access.scopes import Scope
from registry.contracts.models import Contract
from registry.contracts.schemas import ContractIn, SliceIn, TermsIn
from registry.contracts.services import create_contract, sign_contract
from workers.demo.people import actor

TERMS = TermsIn(
    target=0.75,
    expected=0.85,
    max_submissions=2,
    slices=[SliceIn(key="class:trouser", title="Trouser", target=0.7)],
)


def agree(project: Project) -> None:
    """Draw it up and sign it, once."""
    if Contract.objects.filter(project=project).exists():
        return
    maker, customer = actor(Scope.MODELS_WRITE), actor(Scope.CONTRACTS_SIGN)
    assign(project=project, user_ids=[customer.user_id])
    draft = ContractIn(
        title="Fit for sorting",
        note="The model sorts garments in the returns department; trousers have a chute of their own.",
        terms=TERMS,
        customer_ids=[customer.user_id],
        maker_ids=[maker.user_id],
    )
    row = create_contract(actor=maker, project_id=project.pk, draft=draft)
    sign_contract(actor=customer, contract=row, party="customer", terms_hash=row.terms_hash)
    sign_contract(actor=maker, contract=row, party="maker", terms_hash=row.terms_hash)
