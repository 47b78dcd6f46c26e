"""What other apps of the registry know of versions; each registers itself when Django starts.

A version does not know what serves it, who judged it or where else it is named, so these lists are the only way back.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from registry.model_versions.models import ModelVersion


@dataclass(frozen=True)
class Use:
    """Something that needs a version; `blocks` where it must be taken away first."""

    kind: str
    name: str
    blocks: bool


@dataclass(frozen=True)
class Serving:
    """Whoever lets versions answer, by the names of what runs.

    `by_version` maps primary keys of versions to names; `by_alias` takes project, model and alias.
    """

    by_version: Callable[[Sequence[ModelVersion]], dict[int, list[str]]]
    by_alias: Callable[[int, str, str], list[str]]


@dataclass(frozen=True)
class Approval:
    """Whoever approves of versions for protected aliases.

    `of` gives the number of the newest verdict that approved of a version, or None; `contracts` maps numbers of
    verdicts to those of the contracts that they stand on.
    """

    of: Callable[[ModelVersion], int | None]
    contracts: Callable[[Collection[int]], dict[int, int]]


users: list[Callable[[ModelVersion], list[Use]]] = []
serving: list[Serving] = []
approvals: list[Approval] = []


def served_by_version(versions: Sequence[ModelVersion]) -> dict[int, list[str]]:
    """Names of what runs, of each version that something serves."""
    found: dict[int, list[str]] = {}
    for one in serving:
        for pk, names in one.by_version(versions).items():
            found.setdefault(pk, []).extend(names)
    return found


def served_by_alias(project_id: int, name: str, alias: str) -> list[str]:
    """Names of what runs and follows an alias."""
    return [found for one in serving for found in one.by_alias(project_id, name, alias)]


def contracts_of(verdicts: Collection[int]) -> dict[int, int]:
    """The contract of each verdict that is still there."""
    found: dict[int, int] = {}
    for one in approvals:
        found |= one.contracts(verdicts)
    return found
