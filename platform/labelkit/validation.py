"""Typed input: pydantic models, and what they find as one error."""

from typing import Annotated, Any, TypeVar

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


def validate_model(model: type[M], data: Any) -> M:
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
        found = error.errors(include_url=False, include_input=False, include_context=False)
        errors = [
            {"field": ".".join(str(part) for part in item["loc"]) or "body", "message": item["msg"]} for item in found
        ]
        raise InvalidValue(f"{errors[0]['field']}: {errors[0]['message']}", errors) from error
