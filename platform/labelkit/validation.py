"""Typed input: pydantic models, and what they find as one error."""

from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Strict, ValidationError

from labelkit.messages import Message, in_field

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

FromList = Annotated[T, Strict(False)]  # JSON has lists where Python has tuples; what is in them stays strict


# What pydantic says of input, by type of error; texts of other types are shown in English.
TEMPLATES: dict[str, tuple[str, ...]] = {
    "bool_type": ("Input should be a valid boolean",),
    "dict_type": ("Input should be a valid dictionary",),
    "enum": ("Input should be {expected}",),
    "extra_forbidden": ("Extra inputs are not permitted",),
    "finite_number": ("Input should be a finite number",),
    "float_type": ("Input should be a valid number",),
    "greater_than": ("Input should be greater than {gt}",),
    "greater_than_equal": ("Input should be greater than or equal to {ge}",),
    "int_from_float": ("Input should be a valid integer, got a number with a fractional part",),
    "int_type": ("Input should be a valid integer",),
    "less_than": ("Input should be less than {lt}",),
    "less_than_equal": ("Input should be less than or equal to {le}",),
    "list_type": ("Input should be a valid list",),
    "literal_error": ("Input should be {expected}",),
    "missing": ("Field required",),
    "model_attributes_type": ("Input should be a valid dictionary or object to extract fields from",),
    "model_type": ("Input should be a valid dictionary or instance of {class_name}",),
    "string_pattern_mismatch": ("String should match pattern '{pattern}'",),
    "string_too_long": (
        "String should have at most {max_length} characters",
        "String should have at most {max_length} character",
    ),
    "string_too_short": (
        "String should have at least {min_length} characters",
        "String should have at least {min_length} character",
    ),
    "string_type": ("Input should be a valid string",),
    "too_long": (
        "{field_type} should have at most {max_length} items after validation, not {actual_length}",
        "{field_type} should have at most {max_length} item after validation, not {actual_length}",
        "{field_type} should have at most {max_length} items after validation, not more",
    ),
    "too_short": (
        "{field_type} should have at least {min_length} items after validation, not {actual_length}",
        "{field_type} should have at least {min_length} item after validation, not {actual_length}",
    ),
}


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
        raise InvalidValue(in_field(errors[0]["field"], errors[0]["message"]), errors) from error


def field_errors(error: ValidationError, *, root: str = "body", depth: int | None = None) -> list[dict[str, str]]:
    """One entry for each field that is wrong, as `{"field": "regions.0.label", "message": "…"}`.

    Args:
        error: What pydantic says.
        root: Name of the whole, where it is no field that is wrong.
        depth: Parts of a field's path that are named; None: all of them.
    """
    return [
        {"field": ".".join(str(part) for part in item["loc"][:depth]) or root, "message": _message(item)}
        for item in error.errors(include_url=False, include_input=False)
    ]


def _message(item: "ErrorDetails") -> str:
    """What is wrong, with its parameters apart where pydantic's template is known here."""
    context = item.get("ctx", {})
    raised = context.get("error")
    if isinstance(raised, ValueError) and raised.args and isinstance(raised.args[0], str):
        return str(raised)  # our own validators; pydantic would put "Value error" before it
    for template in TEMPLATES.get(item["type"], ()):
        message = Message(template, **context)
        if message == item["msg"]:
            return message
    return item["msg"]
