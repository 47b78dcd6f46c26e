"""Every recipe's card. Loads no torch: the web draws its forms from here."""

from dataclasses import dataclass
from typing import Any

from plateau.http.errors import Invalid


@dataclass(frozen=True)
class Param:
    """One number that a person may set; with `log`, a search tries it by its order of magnitude."""

    key: str
    title: str
    default: float
    low: float
    high: float
    whole: bool = False
    log: bool = False


@dataclass(frozen=True)
class Choice:
    """One of several words that a person may choose."""

    key: str
    title: str
    default: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """What can be known of a recipe before it runs. `module` is imported in the trainer alone.

    `baseline` is the simple recipe that is trained and judged beside it. With `onnx`, it becomes a graph from pixels. A
    curve may cost `curve_budget` trainings on all labels unless somebody asks for more; training on fewer than
    `least_cost` labels costs as much as on that many.
    """

    key: str
    title: str
    about: str
    kinds: frozenset[str]
    queue: str
    module: str
    params: tuple[Param | Choice, ...] = ()
    baseline: str = ""
    deep: bool = False
    onnx: bool = False
    curve_budget: float = 4.0
    least_cost: int = 0


PICTURES = frozenset({"classification"})
TEXTS = frozenset({"text_classification"})
SPANS = frozenset({"spans"})
ROWS = frozenset({"row_classification", "row_number"})
MIXING = (
    Choice("mixing", "Learning on mixtures of two examples", "none", ("none", "mixup", "bc", "bc+")),
    Param("alpha", "mixup: α of the Beta distribution", 1.0, 0.05, 10),
)
PATIENCE = Param("patience", "Epochs without gain before it stops early; 0: never", 0, 0, 100, whole=True)
DENSE = (
    Param("epochs", "Epochs", 20, 1, 500, whole=True),
    Param("side", "Side of the input in pixels", 256, 64, 1024, whole=True),
    Choice("backbone", "Pretrained layers", "frozen", ("frozen", "tuned")),
    Param("batch", "Batch size", 8, 2, 128, whole=True),
    Param("rate", "Learning rate", 0.003, 1e-5, 0.1, log=True),
    Param("least", "Examples that make an epoch, at least", 60, 1, 10_000, whole=True),
)
TREES = (
    Param("trees", "Rounds of boosting", 200, 1, 5000, whole=True),
    Param("rate", "Learning rate", 0.06, 1e-3, 1, log=True),
    Param("leaves", "Leaves of a tree", 15, 2, 1024, whole=True),
    Param("least", "Rows of a leaf, at least", 10, 1, 1000, whole=True, log=True),
)

CARDS: dict[str, Card] = {
    card.key: card
    for card in (
        Card(
            key="image_probe",
            title="Linear probe",
            about="EfficientNet-Lite0, trained on ImageNet and frozen; its features are cached, a linear head learns.",
            kinds=PICTURES,
            queue="cpu",
            module="workers.recipes.image_probe",
            params=(Param("c", "Inverse regularization", 0.5, 1e-4, 1e3, log=True),),
            baseline="image_logistic",
            deep=True,
            onnx=True,
        ),
        Card(
            key="image_finetune",
            title="Fine-tuned EfficientNet-Lite0",
            about="The linear probe's network, all of it tuned to the labels: the lower the layer, the slower.",
            kinds=PICTURES,
            queue="gpu",
            module="workers.recipes.image_finetune",
            params=(
                Param("epochs", "Epochs", 5, 1, 200, whole=True),
                Param("side", "Side of the input in pixels", 224, 32, 512, whole=True),
                Param("batch", "Batch size", 32, 2, 512, whole=True),
                Param("rate", "Learning rate of the head", 0.001, 1e-6, 0.1, log=True),
                Param("fall", "How much slower each lower group of layers learns", 2.6, 1, 20),
                Param("least", "Examples that make an epoch, at least", 100, 1, 10_000, whole=True),
                PATIENCE,
                *MIXING,
            ),
            baseline="image_logistic",
            deep=True,
            onnx=True,
            least_cost=100,
        ),
        Card(
            key="image_cnn",
            title="Small CNN",
            about="A small convolutional network from scratch; resumable, on CUDA where there is one.",
            kinds=PICTURES,
            queue="gpu",
            least_cost=500,
            module="workers.recipes.image_cnn",
            params=(
                Param("epochs", "Epochs", 15, 1, 500, whole=True),
                Param("side", "Side of the input in pixels", 32, 16, 128, whole=True),
                Param("width", "Channels of the first layer", 32, 8, 128, whole=True),
                Param("batch", "Batch size", 64, 8, 1024, whole=True),
                Param("rate", "Learning rate", 0.003, 1e-5, 0.1, log=True),
                PATIENCE,
                *MIXING,
            ),
            baseline="image_logistic",
            deep=True,
            onnx=True,
        ),
        Card(
            key="image_logistic",
            title="Logistic regression on edges and colours",
            about="Baseline. Nothing pretrained, no network: it says what the simplest model reaches.",
            kinds=PICTURES,
            queue="cpu",
            module="workers.recipes.image_logistic",
            params=(Param("c", "Inverse regularization", 0.02, 1e-5, 1e3, log=True),),
            baseline="majority",
        ),
        Card(
            key="image_neighbours",
            title="Nearest neighbours",
            about="Baseline. The labels of the most alike pictures, by edges and colours or by a network.",
            kinds=PICTURES,
            queue="cpu",
            module="workers.recipes.image_neighbours",
            params=(
                Param("k", "Neighbours", 5, 1, 100, whole=True),
                Choice("features", "Features", "plain", ("plain", "backbone")),
            ),
            baseline="majority",
        ),
        Card(
            key="majority",
            title="The most frequent answer",
            about="Baseline. The same answer to everything; of numbers, the mean.",
            kinds=PICTURES | TEXTS | ROWS,
            queue="cpu",
            module="workers.recipes.majority",
        ),
        Card(
            key="boxes_centers",
            title="Boxes by their centres",
            about="A feature pyramid on EfficientNet-Lite0 finds centres and sizes; minutes on a CPU for small sets.",
            kinds=frozenset({"boxes"}),
            queue="gpu",
            module="workers.recipes.boxes_centers",
            params=DENSE,
            baseline="layout",
            deep=True,
            onnx=True,
            least_cost=60,
        ),
        Card(
            key="keypoints_centers",
            title="Keypoints from centres",
            about="A feature pyramid on EfficientNet-Lite0 finds each object, and the way to its points.",
            kinds=frozenset({"keypoints"}),
            queue="gpu",
            module="workers.recipes.keypoints_centers",
            params=DENSE,
            baseline="layout",
            deep=True,
            onnx=True,
            least_cost=60,
        ),
        Card(
            key="layout",
            title="Where things usually are",
            about="Baseline. The usual places of boxes or keypoints, without a look at the picture.",
            kinds=frozenset({"boxes", "keypoints"}),
            queue="cpu",
            module="workers.recipes.layout",
        ),
        Card(
            key="masks_pyramid",
            title="Masks by a feature pyramid",
            about="A feature pyramid on EfficientNet-Lite0 says of each pixel what it shows.",
            kinds=frozenset({"masks"}),
            queue="gpu",
            module="workers.recipes.masks_pyramid",
            params=DENSE,
            baseline="masks_pixels",
            deep=True,
            onnx=True,
            least_cost=60,
        ),
        Card(
            key="masks_pixels",
            title="Masks by colour",
            about="Baseline. Logistic regression of each pixel on its colour and the edges around it.",
            kinds=frozenset({"masks"}),
            queue="cpu",
            module="workers.recipes.masks_pixels",
            params=(Param("side", "Side of the picture in pixels", 128, 32, 512, whole=True),),
        ),
        Card(
            key="text_linear",
            title="Linear model on character n-grams",
            about="Needs no words, so Japanese and English alike; seconds on a CPU.",
            kinds=TEXTS,
            queue="cpu",
            module="workers.recipes.text_linear",
            params=(
                Param("c", "Inverse regularization", 10.0, 1e-4, 1e4, log=True),
                Param("longest", "Longest n-gram in characters", 4, 1, 8, whole=True),
            ),
            baseline="majority",
        ),
        Card(
            key="text_cnn",
            title="Character CNN",
            about="A small convolutional network over characters, from scratch.",
            kinds=TEXTS,
            queue="gpu",
            module="workers.recipes.text_cnn",
            params=(
                Param("epochs", "Epochs", 10, 1, 200, whole=True),
                Param("width", "Channels", 64, 8, 512, whole=True),
                Param("longest", "Characters that are read", 400, 16, 4000, whole=True),
                Param("batch", "Batch size", 32, 2, 512, whole=True),
                Param("rate", "Learning rate", 0.003, 1e-5, 0.1, log=True),
                PATIENCE,
            ),
            baseline="text_linear",
            deep=True,
            least_cost=500,
        ),
        Card(
            key="spans_linear",
            title="Linear tagger on character n-grams",
            about="Tags each character by what stands around it; Japanese and English alike.",
            kinds=SPANS,
            queue="cpu",
            module="workers.recipes.spans_linear",
            params=(
                Param("decay", "Regularization", 1e-6, 1e-9, 1e-2, log=True),
                Param("epochs", "Passes over the texts", 12, 1, 200, whole=True),
            ),
            baseline="spans_lookup",
        ),
        Card(
            key="spans_cnn",
            title="Character CNN tagger",
            about="A small convolutional network tags characters, from scratch.",
            kinds=SPANS,
            queue="gpu",
            module="workers.recipes.spans_cnn",
            params=(
                Param("epochs", "Epochs", 20, 1, 500, whole=True),
                Param("width", "Channels", 64, 8, 512, whole=True),
                Param("longest", "Characters of a text that are learned from", 1000, 16, 4000, whole=True),
                Param("batch", "Batch size", 16, 2, 512, whole=True),
                Param("rate", "Learning rate", 0.003, 1e-5, 0.1, log=True),
                Param("least", "Examples that make an epoch, at least", 200, 1, 10_000, whole=True),
                PATIENCE,
            ),
            baseline="spans_linear",
            deep=True,
            least_cost=200,
        ),
        Card(
            key="spans_lookup",
            title="Dictionary",
            about="Baseline. Marks what was marked before.",
            kinds=SPANS,
            queue="cpu",
            module="workers.recipes.spans_lookup",
        ),
        Card(
            key="rows_linear",
            title="Logistic and ridge regression",
            about="A straight line through the columns: labels by logistic, numbers by ridge regression.",
            kinds=ROWS,
            queue="cpu",
            module="workers.recipes.rows_linear",
            params=(Param("c", "Inverse regularization", 1.0, 1e-5, 1e4, log=True),),
            baseline="majority",
        ),
        Card(
            key="rows_boosting",
            title="Histogram gradient boosting",
            about="scikit-learn's boosted trees; unknown values and words need no preparation.",
            kinds=ROWS,
            queue="cpu",
            module="workers.recipes.rows_boosting",
            params=TREES,
            baseline="rows_linear",
        ),
        Card(
            key="rows_lightgbm",
            title="LightGBM",
            about="Boosted trees that grow leaf by leaf.",
            kinds=ROWS,
            queue="cpu",
            module="workers.recipes.rows_lightgbm",
            params=TREES,
            baseline="rows_linear",
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
        if isinstance(param, Choice):
            if value not in param.options:
                errors.append({"field": f"params.{key}", "message": f"must be one of: {', '.join(param.options)}"})
            complete[key] = value
            continue
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not param.low <= value <= param.high or (param.whole and value != int(value)):
            what = "a whole number" if param.whole else "a number"
            errors.append({"field": f"params.{key}", "message": f"must be {what} from {param.low} to {param.high}"})
            continue
        complete[key] = int(value) if param.whole else float(value)
    if errors:
        raise Invalid(f"{errors[0]['field']}: {errors[0]['message']}", errors)
    return complete
