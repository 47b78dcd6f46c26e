"""Every recipe's card. Loads no torch: the web draws its forms from here."""

from dataclasses import dataclass
from typing import Any

from plateau.kernel.errors import Invalid


@dataclass(frozen=True)
class Param:
    """One number that a person may set."""

    key: str
    title: str
    default: float
    low: float
    high: float
    whole: bool = False


@dataclass(frozen=True)
class Card:
    """What can be known of a recipe before it runs. `module` is imported in the trainer alone.

    A curve may cost `curve_budget` trainings on all labels unless somebody asks for more; training on fewer than
    `least_cost` labels costs as much as on that many.
    """

    key: str
    title: str
    about: str
    kinds: frozenset[str]
    queue: str
    module: str
    params: tuple[Param, ...] = ()
    curve_budget: float = 4.0
    least_cost: int = 0


CARDS: dict[str, Card] = {
    card.key: card
    for card in (
        Card(
            key="image_probe",
            title="Linear probe",
            about="EfficientNet-Lite0, trained on ImageNet and frozen; its features are cached, a linear head learns.",
            kinds=frozenset({"classification"}),
            queue="cpu",
            module="workers.recipes.image_probe",
            params=(Param("c", "Inverse regularization", 0.5, 1e-4, 1e3),),
        ),
        Card(
            key="image_cnn",
            title="Small CNN",
            about="A small convolutional network from scratch; resumable, on CUDA where there is one.",
            kinds=frozenset({"classification"}),
            queue="gpu",
            least_cost=500,
            module="workers.recipes.image_cnn",
            params=(
                Param("epochs", "Epochs", 15, 1, 500, whole=True),
                Param("side", "Side of the input in pixels", 32, 16, 128, whole=True),
                Param("width", "Channels of the first layer", 32, 8, 128, whole=True),
                Param("batch", "Batch size", 64, 8, 1024, whole=True),
                Param("rate", "Learning rate", 0.003, 1e-5, 0.1),
                Param("patience", "Epochs without gain before it stops early; 0: never", 0, 0, 100, whole=True),
            ),
        ),
    )
}


def card_of(key: str) -> Card:
    """A recipe's card.

    Raises:
        Invalid: no such recipe.
    """
    if key not in CARDS:
        message = f"must be one of: {', '.join(sorted(CARDS))}"
        raise Invalid(f"recipe: {message}", [{"field": "recipe", "message": message}])
    return CARDS[key]


def complete_params(card: Card, given: dict[str, Any]) -> dict[str, Any]:
    """`given` with the defaults of what is missing.

    Raises:
        Invalid: an unknown name, no number, or out of range; the message names the field.
    """
    known = {param.key: param for param in card.params}
    errors = [{"field": f"params.{key}", "message": "is no parameter"} for key in sorted(set(given) - set(known))]
    complete: dict[str, Any] = {}
    for key, param in known.items():
        value = given.get(key, param.default)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not param.low <= value <= param.high or (param.whole and value != int(value)):
            what = "a whole number" if param.whole else "a number"
            errors.append({"field": f"params.{key}", "message": f"must be {what} from {param.low} to {param.high}"})
            continue
        complete[key] = int(value) if param.whole else float(value)
    if errors:
        raise Invalid(f"{errors[0]['field']}: {errors[0]['message']}", errors)
    return complete
