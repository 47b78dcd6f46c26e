"""What can be known of a recipe before it trains: its parameters, and what it takes. Loads no learning library."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, asdict, dataclass, field, fields
from functools import cached_property
from typing import Any

from labelkit.messages import Message
from labelkit.project_types import ProjectType

_PARAM = "param"


@dataclass(frozen=True)
class NumberParam:
    """A number from `min` to `max`; with `log`, a sweep tries it by its order of magnitude."""

    key: str
    title: str
    default: float
    min: float
    max: float
    is_integer: bool = False
    log: bool = False

    def problem_of(self, value: Any) -> str:
        """Why this is no value of it; empty where it is one."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and self.min <= value <= self.max and (not self.is_integer or value == int(value)):
            return ""
        if self.is_integer:
            return Message("must be a whole number from {min} to {max}", min=self.min, max=self.max)
        return Message("must be a number from {min} to {max}", min=self.min, max=self.max)

    def convert(self, value: Any) -> float:
        """A value without a problem, as a recipe gets it."""
        return int(value) if self.is_integer else float(value)


@dataclass(frozen=True)
class ChoiceParam:
    """One of `options`."""

    key: str
    title: str
    default: str
    options: tuple[str, ...]

    def problem_of(self, value: Any) -> str:
        """Why this is no value of it; empty where it is one."""
        return "" if value in self.options else Message("must be one of: {names}", names=", ".join(self.options))

    def convert(self, value: Any) -> str:
        """A value without a problem, as a recipe gets it."""
        return str(value)


Param = NumberParam | ChoiceParam


def number_field(
    title: str,
    default: float,
    *,
    min: float,  # noqa: A002
    max: float,  # noqa: A002
    log: bool = False,
) -> Any:
    """A field of a recipe's parameters that is any number from `min` to `max`."""
    return _field(default, lambda key: NumberParam(key, title, default, min, max, log=log))


def validation_field() -> Any:
    """The share of the labels that a network is tested on after each epoch instead of learning from them."""
    return integer_field("Validation share (%)", 10, min=0, max=50)


def integer_field(
    title: str,
    default: int,
    *,
    min: int,  # noqa: A002
    max: int,  # noqa: A002
    log: bool = False,
) -> Any:
    """A field of a recipe's parameters that is a whole number from `min` to `max`."""
    return _field(default, lambda key: NumberParam(key, title, default, min, max, is_integer=True, log=log))


def choice_field(title: str, default: str, *options: str) -> Any:
    """A field of a recipe's parameters that is one of `options`."""
    return _field(default, lambda key: ChoiceParam(key, title, default, options))


def _field(default: float | str, param: Callable[[str], Param]) -> Any:
    return field(default=default, metadata={_PARAM: param})


@dataclass(frozen=True)
class NoParameters:
    """Parameters of a recipe without any."""


@dataclass(frozen=True)
class RecipeSpec:
    """What the catalog, the API and the screens know of a recipe.

    Attributes:
        key: Name in the API, in stored runs and of the registered model.
        title: Name on the screens.
        description: What it does, in a sentence or two.
        module: Where its `fit` and `load` are; what they need is imported when they are called.
        media_types: Keys of the media types that it reads; None for all.
        annotation_types: Keys of the annotation types that it learns; None for all.
        queue: Of the workers that train it.
        parameters: Frozen dataclass whose fields were made by `number_field`, `integer_field` and `choice_field`.
        baseline: Key of the simple recipe that is trained and evaluated beside it.
        is_neural_network: Whether it learns by gradient steps on a network, or on one's features.
        exports_onnx: Whether its models become graphs from pixels.
        curve_budget: What a learning curve may cost unless somebody asks for more, in trainings on all labels.
        min_cost_labels: Training on fewer labels costs as much as on that many.
    """

    key: str
    title: str
    description: str
    module: str
    media_types: frozenset[str] | None
    annotation_types: frozenset[str] | None
    queue: str = "cpu"
    parameters: type[Any] = NoParameters
    baseline: str = ""
    is_neural_network: bool = False
    exports_onnx: bool = False
    curve_budget: float = 4.0
    min_cost_labels: int = 0

    @cached_property
    def params(self) -> tuple[Param, ...]:
        """The parameters in the order of their fields."""
        return tuple(_build_param(self.key, parameter) for parameter in fields(self.parameters))

    def takes(self, project_type: ProjectType) -> bool:
        """Whether it reads items and learns annotations as projects of this type have them."""
        reads = self.media_types is None or project_type.media_type.key in self.media_types
        learns = self.annotation_types is None or project_type.annotation_type.key in self.annotation_types
        return reads and learns

    def problems_of(self, params: Mapping[str, object]) -> dict[str, str]:
        """What is wrong with values given for parameters, by their keys."""
        by_key = {param.key: param for param in self.params}
        problems = dict.fromkeys(sorted(params.keys() - by_key.keys()), "is not a parameter")
        checked = {key: param.problem_of(params[key]) for key, param in by_key.items() if key in params}
        return problems | {key: problem for key, problem in checked.items() if problem}

    def parse(self, params: Mapping[str, object]) -> Any:
        """`parameters` with these values, the defaults where one is missing.

        Raises:
            ValueError: a value is unknown or out of its range; the message names it.
        """
        for key, problem in self.problems_of(params).items():
            raise ValueError(Message("{key} {problem}", key=key, problem=problem))
        typed = {param.key: param.convert(params[param.key]) for param in self.params if param.key in params}
        return self.parameters(**typed)

    def complete(self, params: Mapping[str, object]) -> dict[str, object]:
        """`parse`, as it is stored."""
        return asdict(self.parse(params))


def _build_param(recipe: str, parameter: "Field[Any]") -> Param:
    make = parameter.metadata.get(_PARAM)
    if make is None or parameter.default is MISSING:
        raise TypeError(
            f"recipe {recipe}: make the field {parameter.name} by number_field, integer_field or choice_field"
        )
    param: Param = make(parameter.name)
    return param
