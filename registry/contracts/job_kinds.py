"""Jobs of contracts."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class LookPayload:
    """Judge a model by a contract."""

    snapshot_id: int
    look_id: int


JUDGE = JobKind("judge", LookPayload, queue="cpu", subject={"contract": "look__contract_id"})
