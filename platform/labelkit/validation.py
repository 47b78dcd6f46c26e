"""Typed input: pydantic models, and what they find as one error."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Strict, ValidationError

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

FromList = Annotated[T, Strict(False)]  # JSON has lists where Python has tuples; what is in them stays strict


class StrictModel(BaseModel):
    """Unknown fields are refused, so that a typing error is seen; so are NaN, and values that would have to be guessed.

    >>> StrictModel.model_config["strict"]  # neither "0" nor 0 is False, and "1" is no number
    True
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, allow_inf_nan=False, strict=True)


class InvalidValue(ValueError):
    """A value that does not fit.

    Attributes:
        errors: One entry for each field that is wrong, as `{"field": "regions.0.label", "message": "…"}`.
    """

    def __init__(self, detail: str, errors: list[dict[str, str]]) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors


def validate_model(model: type[M], data: object) -> M:
    """`data` as `model`.

    Raises:
        InvalidValue: with one entry for each field that is wrong.

    >>> class Point(StrictModel):
    ...     x: float
    >>> validate_model(Point, {"x": 1})
    Point(x=1.0)
    >>> validate_model(Point, {"x": 1, "y": 2})
    Traceback (most recent call last):
        ...
    labelkit.validation.InvalidValue: y: Extra inputs are not permitted
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        errors = field_errors(error)
        raise InvalidValue(f"{errors[0]['field']}: {errors[0]['message']}", errors) from error


def field_errors(error: ValidationError, *, root: str = "body", depth: int | None = None) -> list[dict[str, str]]:
    """One entry for each field that is wrong, as `{"field": "regions.0.label", "message": "…"}`.

    Args:
        error: What pydantic says.
        root: Name of the whole, where it is no field that is wrong.
        depth: Parts of a field's path that are named; None: all of them.
    """
    return [
        {"field": ".".join(str(part) for part in item["loc"][:depth]) or root, "message": item["msg"]}
        for item in error.errors(include_url=False, include_input=False, include_context=False)
    ]
