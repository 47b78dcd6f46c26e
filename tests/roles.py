"""What each built-in role grants, and the roles that may do the same.

The table is written out, not read from the database: `test_built_in_roles_grant_what_is_written_here` holds the rows
of the migration against it.
"""

from plateau.access.scopes import Scope

C, A, R, M, S, X = "customer", "annotator", "reviewer", "manager", "scientist", "admin"
_LABELING = {Scope.SELF, Scope.PROJECTS_READ, Scope.LABELS_WRITE}
_READING = {Scope.RUNS_READ, Scope.MODELS_READ, Scope.MODELS_PREDICT, Scope.CONTRACTS_READ}
_STAFF = _LABELING | _READING | {
    Scope.SNAPSHOTS_READ, Scope.DATA_READ, Scope.MEMBERS_READ, Scope.CONTRACTS_WRITE, Scope.CONTRACTS_SIGN,
    Scope.LABELS_REVIEW, Scope.DATA_WRITE, Scope.SNAPSHOTS_WRITE, Scope.RUNS_WRITE,
}  # fmt: skip
GRANTED: dict[str, set[Scope]] = {
    C: {Scope.SELF, Scope.PROJECTS_READ, Scope.CONTRACTS_SIGN} | _READING,
    A: _LABELING,
    R: _LABELING | {Scope.LABELS_REVIEW, Scope.DATA_READ},
    M: _STAFF | {Scope.PROJECTS_WRITE, Scope.MODELS_APPROVE},
    S: _STAFF | {Scope.MODELS_WRITE},
    X: set(Scope),
}


def holders(scope: Scope) -> set[str]:
    """The built-in roles that grant a scope."""
    return {role for role, scopes in GRANTED.items() if scope in scopes}


ALL, EVERYONE, STAFF = holders(Scope.SELF), holders(Scope.LABELS_WRITE), holders(Scope.RUNS_WRITE)
REVIEWING, SEEING = holders(Scope.LABELS_REVIEW), holders(Scope.RUNS_READ)
