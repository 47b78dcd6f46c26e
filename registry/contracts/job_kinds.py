"""Jobs of contracts."""

from dataclasses import dataclass

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
)
