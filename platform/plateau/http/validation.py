"""Typed request bodies: pydantic models, and what they find as an API error."""

from typing import TypeVar

from pydantic import BaseModel

from labelkit.validation import InvalidValue, StrictModel, validate_model
from plateau.http.errors import InvalidBody

M = TypeVar("M", bound=BaseModel)


class RequestModel(StrictModel):
    """JSON body of an API request, or a part of one; errors name the field (`labels.0.name`)."""


def parse(model: type[M], data: object) -> M:
    """`data` as `model`.

    Raises:
        InvalidBody: with one entry for each field that is wrong.
    """
    if hasattr(data, "dict") and not isinstance(data, dict | BaseModel):
        data = data.dict()
    try:
        return validate_model(model, data)
    except InvalidValue as error:
        raise InvalidBody(error.detail, error.errors) from error
