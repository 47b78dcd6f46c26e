"""What other apps of the registry know of versions; each registers itself when Django starts.

A version does not know what serves it, who judged it or where else it is named, so these lists are the only way back.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from registry.model_versions.models import ModelVersion


@dataclass(frozen=True)
class VersionUse:
    """Something that needs a version; `blocks` where it must be taken away first."""

    kind: str
    name: str
    blocks: bool


@dataclass(frozen=True)
class ServingProvider:
    """Whoever lets versions answer, by the names of what runs.

    `by_version` maps primary keys of versions to names; `by_alias` takes project, model and alias.
    """

    by_version: Callable[[Sequence[ModelVersion]], dict[int, list[str]]]
    by_alias: Callable[[int, str, str], list[str]]


@dataclass(frozen=True)
class ApprovalProvider:
    """Whoever approves of versions for protected aliases.

    `of` gives the number of the newest verdict that approved of a version, or None; `contracts` maps numbers of
    verdicts to those of the contracts that they stand on.
    """

    newest_approval: Callable[[ModelVersion], int | None]
    contracts_by_evaluation: Callable[[Collection[int]], dict[int, int]]


use_providers: list[Callable[[ModelVersion], list[VersionUse]]] = []
serving_providers: list[ServingProvider] = []
approval_providers: list[ApprovalProvider] = []


def served_by_version(versions: Sequence[ModelVersion]) -> dict[int, list[str]]:
    """Names of what runs, of each version that something serves."""
    deployments: dict[int, list[str]] = {}
    for provider in serving_providers:
        for pk, names in provider.by_version(versions).items():
            deployments.setdefault(pk, []).extend(names)
    return deployments


def served_by_alias(project_id: int, name: str, alias: str) -> list[str]:
    """Names of what runs and follows an alias."""
    return [deployment for provider in serving_providers for deployment in provider.by_alias(project_id, name, alias)]


def contracts_by_evaluation(evaluation_ids: Collection[int]) -> dict[int, int]:
    """The contract of each verdict that is still there."""
    contracts: dict[int, int] = {}
    for provider in approval_providers:
        contracts |= provider.contracts_by_evaluation(evaluation_ids)
    return contracts
