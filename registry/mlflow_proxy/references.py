"""Whether what a call or an answer names is the project's own; `messages.py` says what that is."""

import re

from django.db import connection

from registry.mlflow_proxy.messages import IDS, FieldKind, Reference
from registry.mlflow_store.errors import (
    INVALID_PARAMETER_VALUE,
    PERMISSION_DENIED,
    RESOURCE_DOES_NOT_EXIST,
    MlflowError,
)
from registry.model_versions.artifact_paths import InvalidArtifactPath, plain_path

# As MLflow calls it.
_TITLES = {FieldKind.RUN: "Run", FieldKind.EXPERIMENT: "Experiment", FieldKind.MODEL: "Logged model"}
_PLACES = frozenset({FieldKind.SOURCE, FieldKind.LOCATION})
# Sources of a version: `runs:/<run>/…` and `models:/<logged model>`; `models:/<name>…` is looked up in the workspace.
_RUNS = re.compile(r"runs:/+([^/]*)")
_MODELS = re.compile(r"models:/+(m-[^/@]*)/*")
_ARTIFACTS = re.compile(r"mlflow-artifacts:/+")
_MAX_INT = 2**31 - 1
# The ids of a kind that are there, each with its workspace.
_WORKSPACE_SQL = {
    FieldKind.RUN: (
        "SELECT r.run_uuid, e.workspace FROM mlflow.runs r JOIN mlflow.experiments e USING (experiment_id) "
        "WHERE r.run_uuid = ANY(%s)"
    ),
    FieldKind.EXPERIMENT: (
        "SELECT experiment_id::text, workspace FROM mlflow.experiments WHERE experiment_id = ANY(%s::int[])"
    ),
    FieldKind.MODEL: (
        "SELECT m.model_id, e.workspace FROM mlflow.logged_models m JOIN mlflow.experiments e USING (experiment_id) "
        "WHERE m.model_id = ANY(%s)"
    ),
}


def home_of(workspace: str) -> str:
    """Where the artifacts of a project lie, as paths of artifacts say it."""
    return f"workspaces/{workspace}"


def artifact_path(path: str, workspace: str) -> str:
    """The plain path of an artifact of the project.

    Raises:
        MlflowError: it leads elsewhere.
    """
    try:
        plain = plain_path(path)
    except InvalidArtifactPath as error:
        raise MlflowError(*PERMISSION_DENIED, f"This is no path of an artifact: {error}.") from error
    if not f"{plain}/".startswith(f"{home_of(workspace)}/"):
        raise MlflowError(*PERMISSION_DENIED, "This artifact belongs to no run of this project.")
    return plain


def check_source(source: str, workspace: str) -> None:
    """Hold the source of a version to what can be looked up: `models:/…`, `runs:/…`, or artifacts of the project.

    Raises:
        MlflowError: it is none of these, or not plain.
    """
    if source != source.strip() or re.search(r"[\x00-\x1f\x7f?#]", source):
        raise MlflowError(
            *INVALID_PARAMETER_VALUE, "A model's source must be text without ?, # and control characters."
        )
    if source.startswith(("models:/", "runs:/")):
        try:
            plain_path(source.split(":/", 1)[1])
        except InvalidArtifactPath as error:
            raise MlflowError(*INVALID_PARAMETER_VALUE, f"A model's source must be a plain path: {error}.") from error
        return
    if not _ARTIFACTS.match(source):
        raise MlflowError(*INVALID_PARAMETER_VALUE, "A model's source must be an artifact of this project.")
    artifact_path(_ARTIFACTS.sub("", source, count=1), workspace)


def check_request(workspace: str, references: set[Reference]) -> None:
    """Refuse a call that names anything of another project, or nothing at all.

    Raises:
        MlflowError: 404 as MLflow says it of a run that is not there.
    """
    named = set(references)
    for kind, value in references:
        if kind is FieldKind.SOURCE:
            check_source(value, workspace)
            named |= references_of_source(value)
        elif kind is FieldKind.LOCATION:
            raise MlflowError(*INVALID_PARAMETER_VALUE, "artifact_location is Plateau's to choose; leave it out.")
    workspaces = _workspaces(workspace, named)
    for kind, value in named:
        if kind in IDS and workspaces.get((kind, value)) != workspace:
            raise MlflowError(*RESOURCE_DOES_NOT_EXIST, f"{_TITLES[kind]} with id={value[:100]} not found")


def foreign_in_response(workspace: str, references: set[Reference]) -> set[Reference]:
    """What of an answer's references is another project's. What is nowhere reveals nothing."""
    sources = {reference: references_of_source(reference[1]) for reference in references if reference[0] in _PLACES}
    workspaces = _workspaces(workspace, references.union(*sources.values()))
    return {
        reference
        for reference in references
        if any(workspaces.get(named, workspace) != workspace for named in {reference, *sources.get(reference, ())})
        or (reference in sources and not _is_inside(reference[1], workspace))
    }


def _is_inside(location: str, workspace: str) -> bool:
    try:
        check_source(location, workspace)
    except MlflowError:
        return False
    return True


def references_of_source(source: str) -> set[Reference]:
    """The run or logged model that a version's source names."""
    if run := _RUNS.match(source):
        return {(FieldKind.RUN, run[1])}
    if model := _MODELS.fullmatch(source):
        return {(FieldKind.MODEL, model[1])}
    return set()


_own_references: set[tuple[str, Reference]] = set()


def _workspaces(workspace: str, references: set[Reference]) -> dict[Reference, str]:
    """The workspace of each id that is there.

    That something is the project's own is remembered: nothing moves between workspaces, and no id is used twice.
    """
    owners = {reference: workspace for reference in references if (workspace, reference) in _own_references}
    unknown: dict[FieldKind, list[str]] = {}
    for kind, value in references - owners.keys():
        if kind in IDS:
            unknown.setdefault(kind, []).append(value)
    for kind, values in unknown.items():
        for value, owner in _look_up(kind, values):
            owners[kind, value] = owner
            if owner == workspace:
                _own_references.add((workspace, (kind, value)))
    if len(_own_references) > 50_000:
        _own_references.clear()
    return owners


def _look_up(kind: FieldKind, values: list[str]) -> list[tuple[str, str]]:
    if kind is FieldKind.EXPERIMENT:
        # As it is kept, so that 007 is not taken for 7 by one of the two that look at it.
        decimals = [value for value in values if value.isdecimal() and len(value) <= len(str(_MAX_INT))]
        values = [value for value in decimals if str(int(value)) == value and int(value) <= _MAX_INT]
    else:
        values = [value for value in values if "\x00" not in value]
    if not values:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_WORKSPACE_SQL[kind], [values])
        return list(cursor.fetchall())
