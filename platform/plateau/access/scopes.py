"""What may be done, and which role may do it. A token's scopes narrow its owner's role."""

from dataclasses import dataclass
from enum import StrEnum


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


_SEEING = {Scope.RUNS_READ, Scope.MODELS_READ, Scope.MODELS_PREDICT, Scope.CONTRACTS_READ}
_READING = _SEEING | {Scope.SNAPSHOTS_READ, Scope.DATA_READ, Scope.MEMBERS_READ}
_CONTRACTS = {Scope.CONTRACTS_WRITE, Scope.CONTRACTS_SIGN}
_EVERYONE = {Scope.PROJECTS_READ, Scope.LABELS_WRITE, Scope.SELF}

ROLE_SCOPES: dict[str, frozenset[Scope]] = {
    "customer": frozenset(_SEEING | {Scope.PROJECTS_READ, Scope.CONTRACTS_SIGN, Scope.SELF}),
    "annotator": frozenset(_EVERYONE),
    "reviewer": frozenset(_EVERYONE | {Scope.LABELS_REVIEW, Scope.DATA_READ}),
    "manager": frozenset(
        _EVERYONE
        | _READING
        | _CONTRACTS
        | {
            Scope.LABELS_REVIEW,
            Scope.DATA_WRITE,
            Scope.PROJECTS_WRITE,
            Scope.SNAPSHOTS_WRITE,
            Scope.RUNS_WRITE,
            Scope.MODELS_APPROVE,
        }
    ),
    "scientist": frozenset(
        _EVERYONE
        | _READING
        | _CONTRACTS
        | {Scope.LABELS_REVIEW, Scope.DATA_WRITE, Scope.SNAPSHOTS_WRITE, Scope.RUNS_WRITE, Scope.MODELS_WRITE}
    ),
    "admin": frozenset(Scope),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: one member of one organization, by session or by token."""

    user_id: int
    organization_id: int
    role: str
    scopes: frozenset[Scope]
    name: str = ""
    email: str = ""
    token_id: int | None = None
    project_id: int | None = None
    # Why scopes of the role are kept back, in words for the person.
    barred: str = ""

    def may(self, scope: Scope) -> bool:
        """True where role and token both allow it."""
        return scope in self.scopes


def by_the_clock(organization_id: int, user_id: int = 0) -> Actor:
    """Who acts where nobody asks: a worker or the scheduler, for whoever ordered it where that is known."""
    return Actor(user_id=user_id, organization_id=organization_id, role="", scopes=frozenset())
