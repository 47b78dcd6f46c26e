"""Typed query strings: what an endpoint takes is a model, and whatever else is asked for is refused by name."""

import re
from collections.abc import Collection
from functools import cache, lru_cache
from typing import Annotated, Any, Literal, TypeVar

import orjson
from django.db.models import TextChoices
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from rest_framework.request import Request

from labelkit.messages import Message, in_field
from labelkit.validation import field_errors
from plateau.http.errors import InvalidParameter, UnknownParameter

Q = TypeVar("Q", bound="QueryModel")

_INTEGER = re.compile(r"-?\d{1,20}")
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,3})?")
_WRITTEN = {  # numbers of seconds would be taken too
    "date": (re.compile(r"\d{4}-\d{2}-\d{2}"), "must be a date such as 2026-03-01"),
    "date-time": (
        re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.IGNORECASE),
        "must be a time with its offset, such as 2026-03-01T12:00:00Z",
    ),
}
_FLAGS = {"true": True, "false": False}

RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
QueryText = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class QueryModel(BaseModel):
    """Base of what may stand behind the `?` of an address."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


@cache
def schemas_of(model: type[QueryModel]) -> dict[str, dict[str, Any]]:
    """JSON schema of each parameter; a parameter that may be left out is not `null` in a query."""
    document = model.model_json_schema()
    return {name: _without_null(schema) for name, schema in document.get("properties", {}).items()}


def _without_null(schema: dict[str, Any]) -> dict[str, object]:
    forms = [form for form in schema.get("anyOf", []) if form.get("type") != "null"]
    plain = {key: value for key, value in schema.items() if key not in ("anyOf", "title")}
    if len(forms) == 1:
        plain |= forms[0]
    elif forms:
        plain["anyOf"] = forms
    if plain.get("default", 0) is None:
        del plain["default"]
    return plain


def parse_query(model: type[Q], request: Request) -> Q:
    """The query string as `model`.

    Raises:
        UnknownParameter: it has a parameter that the endpoint does not know.
        InvalidParameter: with one entry for each parameter that is wrong, or given twice.
    """
    reject_unknown_parameters(request, schemas_of(model))
    parameters = []
    for name, texts in request.query_params.lists():
        if len(texts) > 1:
            raise InvalidParameter.in_field(name, Message("may be given once, not {count} times", count=len(texts)))
        parameters.append((name, texts[0]))
    parsed: Q = _parse_parameters(model, tuple(parameters))
    return parsed


@lru_cache(maxsize=512)  # most requests ask what others asked, and the models are frozen
def _parse_parameters(model: type[Q], parameters: tuple[tuple[str, str], ...]) -> Q:
    schemas = schemas_of(model)
    values = {}
    for name, text in parameters:
        values[name] = _decoded(text, schemas[name].get("type"))
        written = _WRITTEN.get(schemas[name].get("format", ""))
        if written and not written[0].fullmatch(text):
            raise InvalidParameter.in_field(name, written[1])
    try:
        return model.model_validate_json(orjson.dumps(values), strict=True)
    except ValidationError as error:
        errors = field_errors(error, root="query", depth=1)  # deeper parts name forms of a type, not fields
        raise InvalidParameter(in_field(errors[0]["field"], errors[0]["message"]), errors) from error


def reject_unknown_parameters(request: Request, allowed: Collection[str]) -> None:
    """Refuse a parameter that is not among those `allowed`.

    Raises:
        UnknownParameter: naming it, and those that there are.
    """
    for name in request.query_params:
        if name not in allowed:
            raise UnknownParameter(name, sorted(allowed))


def _decoded(text: str, kind: str | None) -> Any:
    """The value that a text stands for, where it is written as JSON writes it; else the text, to be refused."""
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text) if abs(int(text)) < 2**63 else text
    if kind == "number" and _NUMBER.fullmatch(text):
        return float(text) if abs(float(text)) < float("inf") else text
    if kind == "boolean":
        return _FLAGS.get(text, text)
    return text.encode("utf-8", "replace").decode()


def one_of(choices: type[TextChoices]) -> Any:
    """The type of a parameter that takes one of these."""
    return Literal[tuple(choices.values)]
