"""Typed input: pydantic models, and its findings as our refusal."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from plateau.http.errors import Invalid

M = TypeVar("M", bound=BaseModel)


class Strict(BaseModel):
    """Base of what comes in: unknown fields are refused, so that a typing error is seen, and so is NaN as a text."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


def problems_of(error: ValidationError) -> list[dict[str, str]]:
    """Pydantic's findings as field and message."""
    return [
        {"field": ".".join(str(part) for part in item["loc"]) or "body", "message": item["msg"]}
        for item in error.errors(include_url=False, include_input=False, include_context=False)
    ]


def parse(model: type[M], data: Any) -> M:
    """`data` as `model`.

    Raises:
        Invalid: with one entry for each field that is wrong.
    """
    if hasattr(data, "dict") and not isinstance(data, dict | BaseModel):
        data = data.dict()
    try:
        return model.model_validate(data)
    except ValidationError as error:
        errors = problems_of(error)
        first = errors[0]
        raise Invalid(f"{first['field']}: {first['message']}", errors) from error
