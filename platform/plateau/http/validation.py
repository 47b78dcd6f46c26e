"""Typed request bodies: pydantic models, and their findings as our refusal."""

from typing import Any, TypeVar

from pydantic import BaseModel

from labelkit.validation import InvalidValue, StrictModel, validate_model
from plateau.http.errors import Invalid

M = TypeVar("M", bound=BaseModel)


class Strict(StrictModel):
    """Base of what comes in."""


def parse(model: type[M], data: Any) -> M:
    """`data` as `model`.

    Raises:
        Invalid: with one entry for each field that is wrong.
    """
    if hasattr(data, "dict") and not isinstance(data, dict | BaseModel):
        data = data.dict()
    try:
        return validate_model(model, data)
    except InvalidValue as error:
        raise Invalid(error.detail, error.errors) from error
