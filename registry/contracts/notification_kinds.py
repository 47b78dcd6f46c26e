"""What the parties to a contract are told."""

from plateau.access.scopes import Actor
from plateau.notifications.kinds import NotificationKind
from plateau.notifications.services import notify
from registry.contracts.models import Contract

TO_SIGN = NotificationKind(
    key="contract.to_sign",
    subject="Waiting for your signature: {contract}",
    text="The acceptance contract {contract} waits for your signature. Read its terms, then sign.",
    is_emailed=True,
)
VERDICTS = {"pass": "Passed", "fail": "Failed", "inconclusive": "Inconclusive"}
EVALUATED = NotificationKind(
    titles={"verdict": lambda verdict: VERDICTS.get(verdict, verdict)},
    key="contract.verdict",
    subject="Evaluated: {contract}",
    text="A model was evaluated under the acceptance contract {contract}. Verdict: {verdict}.",
    is_emailed=True,
)


def tell_to_sign(*, actor: Actor, contract: Contract, party: str) -> None:
    """Tell those who are named for a party that a contract waits for them."""
    notify(
        TO_SIGN,
        organization_id=actor.organization_id,
        project_id=contract.project_id,
        recipients=set(contract.signers.filter(party=party).values_list("user_id", flat=True)),
        link=f"/contracts/{contract.pk}",
        parameters={"contract": contract.title},
        actor_id=actor.user_id,
        group=f"contract-{contract.pk}",
        facts={"contract_id": contract.pk, "project_id": contract.project_id, "party": party},
    )


def tell_evaluated(*, contract: Contract, verdict: str, evaluation_id: int) -> None:
    """Tell who created and who signed a contract how a model did."""
    notify(
        EVALUATED,
        organization_id=contract.project.organization_id,
        project_id=contract.project_id,
        recipients={contract.created_by_id, *contract.signatures.values_list("user_id", flat=True)},
        link=f"/contracts/{contract.pk}",
        parameters={"contract": contract.title, "verdict": verdict},
        facts={"contract_id": contract.pk, "project_id": contract.project_id, "evaluation_id": evaluation_id},
    )
