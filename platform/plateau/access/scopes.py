"""What may be done. Roles (`plateau.identity`) grant scopes to members; a token's scopes narrow its owner's role."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Scope(StrEnum):
    """One permission."""

    PROJECTS_READ = "projects.read"
    PROJECTS_WRITE = "projects.write"
    LABELS_WRITE = "labels.write"
    LABELS_REVIEW = "labels.review"
    DATA_READ = "data.read"
    DATA_WRITE = "data.write"
    DATA_ERASE = "data.erase"
    SNAPSHOTS_READ = "snapshots.read"
    SNAPSHOTS_WRITE = "snapshots.write"
    RUNS_READ = "runs.read"
    RUNS_WRITE = "runs.write"
    MODELS_READ = "models.read"
    MODELS_WRITE = "models.write"
    MODELS_APPROVE = "models.approve"
    MODELS_PREDICT = "models.predict"
    CONTRACTS_READ = "contracts.read"
    CONTRACTS_WRITE = "contracts.write"
    CONTRACTS_SIGN = "contracts.sign"
    MEMBERS_READ = "members.read"
    MEMBERS_WRITE = "members.write"
    AUDIT_READ = "audit.read"
    SELF = "self"


class Reach(StrEnum):
    """Which projects of the organization a role reaches, besides those that its holder is a member of."""

    ALL = "all"
    OPEN = "open"
    GIVEN = "given"


_BY_NAME = {scope.value: scope for scope in Scope}


def granted_scopes(names: Iterable[str]) -> frozenset[Scope]:
    """The scopes of a role, with `self`; names that this version does not know grant nothing."""
    return _granted_scopes(tuple(names))


@lru_cache(maxsize=1024)
def _granted_scopes(names: tuple[str, ...]) -> frozenset[Scope]:
    return frozenset({Scope.SELF, *(_BY_NAME[name] for name in names if name in _BY_NAME)})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: one member of one organization, by session or by token.

    Attributes:
        role: Title of the member's role, for messages alone: what may be done, `may` says.
        scopes: What may be done now.
        role_scopes: What the role grants, also where the token or a missing second factor keeps some of it back.
        reach: Where: all projects of the organization, those that are open to everyone, or only those that were given.
    """

    user_id: int
    organization_id: int
    role: str
    scopes: frozenset[Scope]
    role_scopes: frozenset[Scope] = frozenset()
    reach: Reach = Reach.GIVEN
    name: str = ""
    email: str = ""
    # By a session or a token of whoever showed a second factor.
    second_factor: bool = False
    token_id: int | None = None
    project_id: int | None = None
    # Why scopes of the role are withheld, in words for the person; empty: they are not.
    restriction_reason: str = ""

    def may(self, scope: Scope) -> bool:
        """True where role and token both allow it."""
        return scope in self.scopes


def system_actor(organization_id: int, user_id: int = 0) -> Actor:
    """The actor of a worker or the scheduler, on behalf of `user_id` where that is known; it has no scopes.

    It reaches every project: whoever ordered the work was asked when it was ordered.
    """
    return Actor(user_id=user_id, organization_id=organization_id, role="", scopes=frozenset(), reach=Reach.ALL)
