"""References of a call to runs, experiments and logged models, and whether they are the project's own.

MLflow looks up some of these inside the workspace and trusts others. So the proxy checks all of them,
whatever the call: in the path, the query and the body, at any depth, in both spellings that protobuf's JSON takes. A
test walks MLflow's messages and fails when a field that looks like an id is neither here nor in `IGNORED_FIELDS`.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import orjson
from django.db import connection

from registry.mlflow_store.errors import INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, MlflowError


class ReferenceKind(StrEnum):
    """What an id names; the value is how MLflow calls it."""

    RUN = "Run"
    EXPERIMENT = "Experiment"
    MODEL = "Logged model"


ID_FIELDS: dict[str, ReferenceKind] = {
    "run_id": ReferenceKind.RUN,
    "run_uuid": ReferenceKind.RUN,
    "run_ids": ReferenceKind.RUN,
    "source_run_id": ReferenceKind.RUN,
    "parent_run_id": ReferenceKind.RUN,
    "experiment_id": ReferenceKind.EXPERIMENT,
    "experiment_ids": ReferenceKind.EXPERIMENT,
    "model_id": ReferenceKind.MODEL,
    "model_ids": ReferenceKind.MODEL,
    "source_model_id": ReferenceKind.MODEL,
}
# Tags whose value is an id: `{"key": "mlflow.parentRunId", "value": …}`.
ID_TAGS: dict[str, ReferenceKind] = {"mlflow.parentRunId": ReferenceKind.RUN}
# Fields that look like an id and name nothing of ours.
IGNORED_FIELDS: dict[str, str] = {
    "user_id": "the caller's, written by the proxy",
    "deployment_job_id": "a job of Databricks; kept as text",
}
# Texts that are JSON with ids inside.
JSON_FIELDS = ("model_json",)
# Sources of a version: `runs:/<run>/…` and `models:/<logged model>`; `models:/<name>…` is looked up in the workspace.
_RUNS = re.compile(r"runs:/+([^/]*)")
_MODELS = re.compile(r"models:/+(m-[^/@]*)/*")

_MODEL_PATH = re.compile(r"/api/2\.0/mlflow/logged-models/([^/]+)")
_MAX_INT = 2**31 - 1
_MAX_DEPTH = 20
_OWNED_SQL = {
    ReferenceKind.RUN: (
        "SELECT r.run_uuid FROM mlflow.runs r JOIN mlflow.experiments e USING (experiment_id) "
        "WHERE e.workspace = %s AND r.run_uuid = ANY(%s)"
    ),
    ReferenceKind.EXPERIMENT: (
        "SELECT experiment_id::text FROM mlflow.experiments WHERE workspace = %s AND experiment_id = ANY(%s::int[])"
    ),
    ReferenceKind.MODEL: (
        "SELECT m.model_id FROM mlflow.logged_models m JOIN mlflow.experiments e USING (experiment_id) "
        "WHERE e.workspace = %s AND m.model_id = ANY(%s)"
    ),
}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


_BY_KEY = ID_FIELDS | {_camel(name): kind for name, kind in ID_FIELDS.items()}
_JSON_KEYS = {*JSON_FIELDS, *map(_camel, JSON_FIELDS)}
References = set[tuple[ReferenceKind, str]]


def check_references(workspace: str, path: str, query: Iterable[tuple[str, str]], body: dict[str, Any] | None) -> None:
    """Refuse a call that names anything of another project, or nothing at all.

    Args:
        workspace: The caller's project.
        path: The route, below `/mlflow`.
        query: Fields of the address.
        body: The object that the body is; None where there is none.

    Raises:
        MlflowError: 404 as MLflow says it of a run that is not there; 400 where an id is no text.
    """
    references: References = set()
    if (model := _MODEL_PATH.match(path)) and not path.endswith("/logged-models/search"):
        references.add((ReferenceKind.MODEL, model[1]))
    for key, value in query:
        _collect_field(references, key, value)
    if body:
        _collect(references, body)
        if path.endswith("/model-versions/create"):
            references |= references_of_source(str(body.get("source", "")))
    check_ownership(workspace, references)


def _collect(references: References, data: list[Any] | dict[str, Any], depth: int = 0) -> None:
    if depth > _MAX_DEPTH:
        raise MlflowError(*INVALID_PARAMETER_VALUE, "The body is nested too deep.")
    if isinstance(data, list):
        for entry in data:
            if isinstance(entry, dict | list):
                _collect(references, entry, depth + 1)
        return
    for key, value in data.items():
        if key in _BY_KEY or key in _JSON_KEYS:
            _collect_field(references, key, value, depth)
        elif isinstance(value, dict | list):
            _collect(references, value, depth + 1)
    tag = data.get("key")
    if isinstance(tag, str) and tag in ID_TAGS:
        _add_reference(references, ID_TAGS[tag], data.get("value"), tag)


def _collect_field(references: References, key: str, value: object, depth: int = 0) -> None:
    if kind := _BY_KEY.get(key):
        for entry in value if isinstance(value, list) else [value]:
            _add_reference(references, kind, entry, key)
    elif key in _JSON_KEYS and isinstance(value, str):
        try:
            unpacked = orjson.loads(value)
        except orjson.JSONDecodeError:
            return  # MLflow says so
        if isinstance(unpacked, dict | list):
            _collect(references, unpacked, depth + 1)


def _add_reference(references: References, kind: ReferenceKind, value: object, key: str) -> None:
    if value is None or value == "":
        return  # not given, to protobuf
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise MlflowError(*INVALID_PARAMETER_VALUE, f"{key} must be text.")
    references.add((kind, str(value)))


def references_of_source(source: str) -> References:
    """The run or logged model that a version's source names."""
    if run := _RUNS.match(source):
        return {(ReferenceKind.RUN, run[1])}
    if model := _MODELS.fullmatch(source):
        return {(ReferenceKind.MODEL, model[1])}
    return set()


_known_references: set[tuple[str, ReferenceKind, str]] = set()


def check_ownership(workspace: str, references: References) -> None:
    """Refuse what is not the workspace's.

    That something is the project's own is remembered: nothing moves between workspaces, and no id is used twice.

    Raises:
        MlflowError: one of them is another project's, or does not exist.
    """
    unknown: dict[ReferenceKind, list[str]] = {}
    for kind, value in references:
        if (workspace, kind, value) not in _known_references:
            unknown.setdefault(kind, []).append(value)
    for kind, values in unknown.items():
        owned = _owned_ids(workspace, kind, values)
        for value in values:
            if value not in owned:
                raise MlflowError(*RESOURCE_DOES_NOT_EXIST, f"{kind} with id={value[:100]} not found")
        if len(_known_references) > 50_000:
            _known_references.clear()
        _known_references.update((workspace, kind, value) for value in values)


def _owned_ids(workspace: str, kind: ReferenceKind, values: list[str]) -> set[str]:
    if kind is ReferenceKind.EXPERIMENT:
        # As it is kept, so that 007 is not taken for 7 by one of the two that look at it.
        decimals = [value for value in values if value.isdecimal() and len(value) <= len(str(_MAX_INT))]
        values = [value for value in decimals if str(int(value)) == value and int(value) <= _MAX_INT]
    else:
        values = [value for value in values if "\x00" not in value]
    if not values:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_OWNED_SQL[kind], [workspace, values])
        return {row[0] for row in cursor.fetchall()}
