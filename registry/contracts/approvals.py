"""What contracts say of model versions, for the registry of versions, which does not know them."""

from collections.abc import Collection

from registry.contracts.models import ContractState, Look
from registry.model_versions.hooks import Use
from registry.model_versions.models import ModelVersion


def uses_of(version: ModelVersion) -> list[Use]:
    """Contracts that judged this version; they keep it from nothing."""
    looks = Look.objects.filter(model_version=version).select_related("contract").order_by("contract_id")
    return [Use("contract", look.contract.title, blocks=False) for look in looks.distinct("contract_id")]


def approval_of(version: ModelVersion) -> int | None:
    """The newest look that this version passed, of a contract that was not withdrawn; None where there is none."""
    looks = Look.objects.filter(model_version=version, verdict="pass").exclude(contract__state=ContractState.WITHDRAWN)
    return looks.order_by("-pk").values_list("pk", flat=True).first()


def contracts_of(look_ids: Collection[int]) -> dict[int, int]:
    """The contract of each look."""
    return dict(Look.objects.filter(pk__in=look_ids).values_list("pk", "contract_id"))
