"""Uses and approvals of model versions by contracts, for `model_versions`, which does not know contracts."""

from collections.abc import Collection

from registry.contracts.models import ContractEvaluation, ContractState
from registry.model_versions.hooks import VersionUse
from registry.model_versions.models import ModelVersion


def contract_uses(version: ModelVersion) -> list[VersionUse]:
    """Contracts that evaluated this version; they do not block its deletion."""
    evaluations = (
        ContractEvaluation.objects.filter(model_version=version).select_related("contract").order_by("contract_id")
    )
    return [
        VersionUse("contract", evaluation.contract.title, blocks=False)
        for evaluation in evaluations.distinct("contract_id")
    ]


def approval_of(version: ModelVersion) -> int | None:
    """The newest evaluation that this version passed, of a contract that was not withdrawn."""
    evaluations = ContractEvaluation.objects.filter(model_version=version, verdict="pass").exclude(
        contract__state=ContractState.WITHDRAWN
    )
    return evaluations.order_by("-pk").values_list("pk", flat=True).first()


def contracts_of(evaluation_ids: Collection[int]) -> dict[int, int]:
    """The contract of each evaluation."""
    return dict(ContractEvaluation.objects.filter(pk__in=evaluation_ids).values_list("pk", "contract_id"))
