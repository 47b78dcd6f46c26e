"""Jobs of contracts."""

from dataclasses import dataclass

from labelkit.messages import Message
from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class EvaluateContractPayload:
    """Evaluate a model by a contract."""

    snapshot_id: int
    evaluation_id: int


EVALUATE_CONTRACT = JobKind(
    "evaluate_contract",
    EvaluateContractPayload,
    queue="cpu",
    subject={"contract": "contract_evaluation__contract_id"},
    title="Acceptance test",
    # One that failed counts as no submission; by now the contract may have none left, or be decided.
    restart_refusal=Message("A failed acceptance test does not count as an evaluation. Run a new one on the contract."),
)
