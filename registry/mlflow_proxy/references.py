"""Every place in a call that names a run, an experiment or a logged model, and whether it is the project's own.

MLflow looks up some of these inside the workspace and takes others as they are told. So the gate looks at all of them,
whatever the call: in the path, the query and the body, at any depth, in both spellings that protobuf's JSON takes. A
test walks MLflow's messages and fails when a field that looks like an id is neither here nor in `FREE`.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import orjson
from django.db import connection

from registry.mlflow_store.refusals import BAD, NO_SUCH, Refused


class Kind(StrEnum):
    """What an id names; the value is how MLflow calls it."""

    RUN = "Run"
    EXPERIMENT = "Experiment"
    MODEL = "Logged model"


FIELDS: dict[str, Kind] = {
    "run_id": Kind.RUN,
    "run_uuid": Kind.RUN,
    "run_ids": Kind.RUN,
    "source_run_id": Kind.RUN,
    "parent_run_id": Kind.RUN,
    "experiment_id": Kind.EXPERIMENT,
    "experiment_ids": Kind.EXPERIMENT,
    "model_id": Kind.MODEL,
    "model_ids": Kind.MODEL,
    "source_model_id": Kind.MODEL,
}
# Tags whose value is an id: `{"key": "mlflow.parentRunId", "value": …}`.
TAGS: dict[str, Kind] = {"mlflow.parentRunId": Kind.RUN}
# Fields that look like an id and name nothing of ours.
FREE: dict[str, str] = {
    "user_id": "the caller's, written by the gate",
    "deployment_job_id": "a job of Databricks; kept as text",
}
# Texts that are JSON with ids inside.
PACKED = ("model_json",)
# Sources of a version: `runs:/<run>/…` and `models:/<logged model>`; `models:/<name>…` is looked up in the workspace.
_RUNS = re.compile(r"runs:/+([^/]*)")
_MODELS = re.compile(r"models:/+(m-[^/@]*)/*")

_MODEL_PATH = re.compile(r"/api/2\.0/mlflow/logged-models/([^/]+)")
_MOST_INT = 2**31 - 1
_MOST_DEEP = 20
_OWN_SQL = {
    Kind.RUN: (
        "SELECT r.run_uuid FROM mlflow.runs r JOIN mlflow.experiments e USING (experiment_id) "
        "WHERE e.workspace = %s AND r.run_uuid = ANY(%s)"
    ),
    Kind.EXPERIMENT: (
        "SELECT experiment_id::text FROM mlflow.experiments WHERE workspace = %s AND experiment_id = ANY(%s::int[])"
    ),
    Kind.MODEL: (
        "SELECT m.model_id FROM mlflow.logged_models m JOIN mlflow.experiments e USING (experiment_id) "
        "WHERE e.workspace = %s AND m.model_id = ANY(%s)"
    ),
}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


_BY_KEY = FIELDS | {_camel(name): kind for name, kind in FIELDS.items()}
_PACKED_KEYS = {*PACKED, *map(_camel, PACKED)}
Found = set[tuple[Kind, str]]


def check(workspace: str, path: str, query: Iterable[tuple[str, str]], body: dict[str, Any] | None) -> None:
    """Refuse a call that names anything of another project, or nothing at all.

    Args:
        workspace: The caller's project.
        path: The route, below `/mlflow`.
        query: Fields of the address.
        body: The object that the body is; None where there is none.

    Raises:
        Refused: 404 as MLflow says it of a run that is not there; 400 where an id is no text.
    """
    found: Found = set()
    if (named := _MODEL_PATH.match(path)) and not path.endswith("/logged-models/search"):
        found.add((Kind.MODEL, named[1]))
    for key, value in query:
        _take(found, key, value)
    if body:
        _walk(found, body)
        if path.endswith("/model-versions/create"):
            found |= of_source(str(body.get("source", "")))
    own(workspace, found)


def _walk(found: Found, data: Any, depth: int = 0) -> None:
    if depth > _MOST_DEEP:
        raise Refused(*BAD, "The body is nested too deep.")
    if isinstance(data, list):
        for one in data:
            if isinstance(one, dict | list):
                _walk(found, one, depth + 1)
        return
    for key, value in data.items():
        if key in _BY_KEY or key in _PACKED_KEYS:
            _take(found, key, value, depth)
        elif isinstance(value, dict | list):
            _walk(found, value, depth + 1)
    tag = data.get("key")
    if isinstance(tag, str) and tag in TAGS:
        _add(found, TAGS[tag], data.get("value"), tag)


def _take(found: Found, key: str, value: Any, depth: int = 0) -> None:
    if kind := _BY_KEY.get(key):
        for one in value if isinstance(value, list) else [value]:
            _add(found, kind, one, key)
    elif key in _PACKED_KEYS and isinstance(value, str):
        try:
            inside = orjson.loads(value)
        except orjson.JSONDecodeError:
            return  # MLflow says so
        if isinstance(inside, dict | list):
            _walk(found, inside, depth + 1)


def _add(found: Found, kind: Kind, value: Any, key: str) -> None:
    if value is None or value == "":
        return  # not given, to protobuf
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refused(*BAD, f"{key} must be text.")
    found.add((kind, str(value)))


def of_source(source: str) -> Found:
    """The run or logged model that a version's source names."""
    if run := _RUNS.match(source):
        return {(Kind.RUN, run[1])}
    if model := _MODELS.fullmatch(source):
        return {(Kind.MODEL, model[1])}
    return set()


_known: set[tuple[str, Kind, str]] = set()


def own(workspace: str, found: Found) -> None:
    """Refuse what is not the workspace's.

    That something is the project's own is remembered: nothing moves between workspaces, and no id is used twice.

    Raises:
        Refused: one of them is another project's, or does not exist.
    """
    asked: dict[Kind, list[str]] = {}
    for kind, value in found:
        if (workspace, kind, value) not in _known:
            asked.setdefault(kind, []).append(value)
    for kind, values in asked.items():
        own_ones = _own(workspace, kind, values)
        for value in values:
            if value not in own_ones:
                raise Refused(*NO_SUCH, f"{kind} with id={value[:100]} not found")
        if len(_known) > 50_000:
            _known.clear()
        _known.update((workspace, kind, value) for value in values)


def _own(workspace: str, kind: Kind, values: list[str]) -> set[str]:
    if kind is Kind.EXPERIMENT:
        # As it is kept, so that 007 is not taken for 7 by one of the two that look at it.
        short = [one for one in values if one.isdecimal() and len(one) <= len(str(_MOST_INT))]
        values = [one for one in short if str(int(one)) == one and int(one) <= _MOST_INT]
    else:
        values = [one for one in values if "\x00" not in one]
    if not values:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_OWN_SQL[kind], [workspace, values])
        return {row[0] for row in cursor.fetchall()}
