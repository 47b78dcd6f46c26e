"""Every recipe's spec. Loads no torch: the web draws its forms from here."""

from dataclasses import dataclass
from typing import Any

from plateau.http.errors import Invalid


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


@dataclass(frozen=True)
class ChoiceParam:
    """One of `options`."""

    key: str
    title: str
    default: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class RecipeSpec:
    """What can be known of a recipe before it runs. `module` is imported in the trainer alone.

    `baseline` is the simple recipe that is trained and evaluated beside it. With `exports_onnx`, its models become
    graphs from pixels. A learning curve may cost `curve_budget` trainings on all labels unless somebody asks for more;
    training on fewer than `min_cost_labels` labels costs as much as on that many.
    """

    key: str
    title: str
    description: str
    annotation_types: frozenset[str]
    queue: str
    module: str
    params: tuple[NumberParam | ChoiceParam, ...] = ()
    baseline: str = ""
    is_neural_network: bool = False
    exports_onnx: bool = False
    curve_budget: float = 4.0
    min_cost_labels: int = 0


def _min_examples_per_epoch(default: int) -> NumberParam:
    title = "Examples that make an epoch, at least"
    return NumberParam("min_examples_per_epoch", title, default, 1, 10_000, is_integer=True)


PICTURES = frozenset({"classification"})
TEXTS = frozenset({"text_classification"})
SPANS = frozenset({"spans"})
ROWS = frozenset({"row_classification", "row_number"})
MIXING = (
    ChoiceParam("mixing", "Learning on mixtures of two examples", "none", ("none", "mixup", "bc", "bc+")),
    NumberParam("mixup_alpha", "mixup: α of the Beta distribution", 1.0, 0.05, 10),
)
PATIENCE = NumberParam("patience", "Epochs without gain before it stops early; 0: never", 0, 0, 100, is_integer=True)
DENSE = (
    NumberParam("epochs", "Epochs", 20, 1, 500, is_integer=True),
    NumberParam("image_size", "Side of the input in pixels", 256, 64, 1024, is_integer=True),
    ChoiceParam("backbone", "Pretrained layers", "frozen", ("frozen", "tuned")),
    NumberParam("batch_size", "Batch size", 8, 2, 128, is_integer=True),
    NumberParam("learning_rate", "Learning rate", 0.003, 1e-5, 0.1, log=True),
    _min_examples_per_epoch(60),
)
TREES = (
    NumberParam("n_estimators", "Rounds of boosting", 200, 1, 5000, is_integer=True),
    NumberParam("learning_rate", "Learning rate", 0.06, 1e-3, 1, log=True),
    NumberParam("num_leaves", "Leaves of a tree", 15, 2, 1024, is_integer=True),
    NumberParam("min_samples_leaf", "Rows of a leaf, at least", 10, 1, 1000, is_integer=True, log=True),
)

RECIPES: dict[str, RecipeSpec] = {
    spec.key: spec
    for spec in (
        RecipeSpec(
            key="image_probe",
            title="Linear probe",
            description="EfficientNet-Lite0, trained on ImageNet and frozen; its features are cached, "
            "a linear head learns.",
            annotation_types=PICTURES,
            queue="cpu",
            module="workers.recipes.image_probe",
            params=(NumberParam("C", "Inverse regularization", 0.5, 1e-4, 1e3, log=True),),
            baseline="image_logistic",
            is_neural_network=True,
            exports_onnx=True,
        ),
        RecipeSpec(
            key="image_finetune",
            title="Fine-tuned EfficientNet-Lite0",
            description="The linear probe's network, all of it tuned to the labels: the lower the layer, the slower.",
            annotation_types=PICTURES,
            queue="gpu",
            module="workers.recipes.image_finetune",
            params=(
                NumberParam("epochs", "Epochs", 5, 1, 200, is_integer=True),
                NumberParam("image_size", "Side of the input in pixels", 224, 32, 512, is_integer=True),
                NumberParam("batch_size", "Batch size", 32, 2, 512, is_integer=True),
                NumberParam("learning_rate", "Learning rate of the head", 0.001, 1e-6, 0.1, log=True),
                NumberParam("layerwise_lr_decay", "How much slower each lower group of layers learns", 2.6, 1, 20),
                NumberParam(
                    "min_examples_per_epoch", "Examples that make an epoch, at least", 100, 1, 10_000, is_integer=True
                ),
                PATIENCE,
                *MIXING,
            ),
            baseline="image_logistic",
            is_neural_network=True,
            exports_onnx=True,
            min_cost_labels=100,
        ),
        RecipeSpec(
            key="image_cnn",
            title="Small CNN",
            description="A small convolutional network from scratch; resumable, on CUDA where there is one.",
            annotation_types=PICTURES,
            queue="gpu",
            min_cost_labels=500,
            module="workers.recipes.image_cnn",
            params=(
                NumberParam("epochs", "Epochs", 15, 1, 500, is_integer=True),
                NumberParam("image_size", "Side of the input in pixels", 32, 16, 128, is_integer=True),
                NumberParam("width", "Channels of the first layer", 32, 8, 128, is_integer=True),
                NumberParam("batch_size", "Batch size", 64, 8, 1024, is_integer=True),
                NumberParam("learning_rate", "Learning rate", 0.003, 1e-5, 0.1, log=True),
                PATIENCE,
                *MIXING,
            ),
            baseline="image_logistic",
            is_neural_network=True,
            exports_onnx=True,
        ),
        RecipeSpec(
            key="image_logistic",
            title="Logistic regression on edges and colours",
            description="Baseline. Nothing pretrained, no network: it says what the simplest model reaches.",
            annotation_types=PICTURES,
            queue="cpu",
            module="workers.recipes.image_logistic",
            params=(NumberParam("C", "Inverse regularization", 0.02, 1e-5, 1e3, log=True),),
            baseline="majority",
        ),
        RecipeSpec(
            key="image_neighbours",
            title="Nearest neighbours",
            description="Baseline. The labels of the most alike pictures, by edges and colours or by a network.",
            annotation_types=PICTURES,
            queue="cpu",
            module="workers.recipes.image_neighbours",
            params=(
                NumberParam("n_neighbors", "Neighbours", 5, 1, 100, is_integer=True),
                ChoiceParam("features", "Features", "plain", ("plain", "backbone")),
            ),
            baseline="majority",
        ),
        RecipeSpec(
            key="majority",
            title="The most frequent answer",
            description="Baseline. The same answer to everything; of numbers, the mean.",
            annotation_types=PICTURES | TEXTS | ROWS,
            queue="cpu",
            module="workers.recipes.majority",
        ),
        RecipeSpec(
            key="boxes_centers",
            title="Boxes by their centres",
            description="A feature pyramid on EfficientNet-Lite0 finds centres and sizes; "
            "minutes on a CPU for small sets.",
            annotation_types=frozenset({"boxes"}),
            queue="gpu",
            module="workers.recipes.boxes_centers",
            params=DENSE,
            baseline="layout",
            is_neural_network=True,
            exports_onnx=True,
            min_cost_labels=60,
        ),
        RecipeSpec(
            key="keypoints_centers",
            title="Keypoints from centres",
            description="A feature pyramid on EfficientNet-Lite0 finds each object, and the way to its points.",
            annotation_types=frozenset({"keypoints"}),
            queue="gpu",
            module="workers.recipes.keypoints_centers",
            params=DENSE,
            baseline="layout",
            is_neural_network=True,
            exports_onnx=True,
            min_cost_labels=60,
        ),
        RecipeSpec(
            key="layout",
            title="Where things usually are",
            description="Baseline. The usual places of boxes or keypoints, without a look at the picture.",
            annotation_types=frozenset({"boxes", "keypoints"}),
            queue="cpu",
            module="workers.recipes.layout",
        ),
        RecipeSpec(
            key="masks_pyramid",
            title="Masks by a feature pyramid",
            description="A feature pyramid on EfficientNet-Lite0 says of each pixel what it shows.",
            annotation_types=frozenset({"masks"}),
            queue="gpu",
            module="workers.recipes.masks_pyramid",
            params=DENSE,
            baseline="masks_pixels",
            is_neural_network=True,
            exports_onnx=True,
            min_cost_labels=60,
        ),
        RecipeSpec(
            key="masks_pixels",
            title="Masks by colour",
            description="Baseline. Logistic regression of each pixel on its colour and the edges around it.",
            annotation_types=frozenset({"masks"}),
            queue="cpu",
            module="workers.recipes.masks_pixels",
            params=(NumberParam("image_size", "Side of the picture in pixels", 128, 32, 512, is_integer=True),),
        ),
        RecipeSpec(
            key="text_linear",
            title="Linear model on character n-grams",
            description="Needs no words, so Japanese and English alike; seconds on a CPU.",
            annotation_types=TEXTS,
            queue="cpu",
            module="workers.recipes.text_linear",
            params=(
                NumberParam("C", "Inverse regularization", 10.0, 1e-4, 1e4, log=True),
                NumberParam("ngram_max", "Longest n-gram in characters", 4, 1, 8, is_integer=True),
            ),
            baseline="majority",
        ),
        RecipeSpec(
            key="text_cnn",
            title="Character CNN",
            description="A small convolutional network over characters, from scratch.",
            annotation_types=TEXTS,
            queue="gpu",
            module="workers.recipes.text_cnn",
            params=(
                NumberParam("epochs", "Epochs", 10, 1, 200, is_integer=True),
                NumberParam("width", "Channels", 64, 8, 512, is_integer=True),
                NumberParam("max_length", "Characters that are read", 400, 16, 4000, is_integer=True),
                NumberParam("batch_size", "Batch size", 32, 2, 512, is_integer=True),
                NumberParam("learning_rate", "Learning rate", 0.003, 1e-5, 0.1, log=True),
                PATIENCE,
            ),
            baseline="text_linear",
            is_neural_network=True,
            min_cost_labels=500,
        ),
        RecipeSpec(
            key="spans_linear",
            title="Linear tagger on character n-grams",
            description="Tags each character by what stands around it; Japanese and English alike.",
            annotation_types=SPANS,
            queue="cpu",
            module="workers.recipes.spans_linear",
            params=(
                NumberParam("alpha", "Regularization", 1e-6, 1e-9, 1e-2, log=True),
                NumberParam("epochs", "Passes over the texts", 12, 1, 200, is_integer=True),
            ),
            baseline="spans_lookup",
        ),
        RecipeSpec(
            key="spans_cnn",
            title="Character CNN tagger",
            description="A small convolutional network tags characters, from scratch.",
            annotation_types=SPANS,
            queue="gpu",
            module="workers.recipes.spans_cnn",
            params=(
                NumberParam("epochs", "Epochs", 20, 1, 500, is_integer=True),
                NumberParam("width", "Channels", 64, 8, 512, is_integer=True),
                NumberParam("max_length", "Characters of a text that are learned from", 1000, 16, 4000, True),
                NumberParam("batch_size", "Batch size", 16, 2, 512, is_integer=True),
                NumberParam("learning_rate", "Learning rate", 0.003, 1e-5, 0.1, log=True),
                NumberParam(
                    "min_examples_per_epoch", "Examples that make an epoch, at least", 200, 1, 10_000, is_integer=True
                ),
                PATIENCE,
            ),
            baseline="spans_linear",
            is_neural_network=True,
            min_cost_labels=200,
        ),
        RecipeSpec(
            key="spans_lookup",
            title="Dictionary",
            description="Baseline. Marks what was marked before.",
            annotation_types=SPANS,
            queue="cpu",
            module="workers.recipes.spans_lookup",
        ),
        RecipeSpec(
            key="rows_linear",
            title="Logistic and ridge regression",
            description="A straight line through the columns: labels by logistic, numbers by ridge regression.",
            annotation_types=ROWS,
            queue="cpu",
            module="workers.recipes.rows_linear",
            params=(NumberParam("C", "Inverse regularization", 1.0, 1e-5, 1e4, log=True),),
            baseline="majority",
        ),
        RecipeSpec(
            key="rows_boosting",
            title="Histogram gradient boosting",
            description="scikit-learn's boosted trees; unknown values and words need no preparation.",
            annotation_types=ROWS,
            queue="cpu",
            module="workers.recipes.rows_boosting",
            params=TREES,
            baseline="rows_linear",
        ),
        RecipeSpec(
            key="rows_lightgbm",
            title="LightGBM",
            description="Boosted trees that grow leaf by leaf.",
            annotation_types=ROWS,
            queue="cpu",
            module="workers.recipes.rows_lightgbm",
            params=TREES,
            baseline="rows_linear",
        ),
    )
}


def recipe_spec(key: str) -> RecipeSpec:
    """The spec of the recipe with this key.

    Raises:
        Invalid: no such recipe.
    """
    if key not in RECIPES:
        message = f"must be one of: {', '.join(sorted(RECIPES))}"
        raise Invalid(f"recipe: {message}", [{"field": "recipe", "message": message}])
    return RECIPES[key]


def complete_params(spec: RecipeSpec, params: dict[str, Any]) -> dict[str, Any]:
    """`params` with the defaults of what is missing.

    Raises:
        Invalid: an unknown name, no number, or out of range; the message names the field.
    """
    known = {param.key: param for param in spec.params}
    errors = [{"field": f"params.{key}", "message": "is no parameter"} for key in sorted(set(params) - set(known))]
    complete: dict[str, Any] = {}
    for key, param in known.items():
        value = params.get(key, param.default)
        if isinstance(param, ChoiceParam):
            if value not in param.options:
                errors.append({"field": f"params.{key}", "message": f"must be one of: {', '.join(param.options)}"})
            complete[key] = value
            continue
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not param.min <= value <= param.max or (param.is_integer and value != int(value)):
            what = "a whole number" if param.is_integer else "a number"
            errors.append({"field": f"params.{key}", "message": f"must be {what} from {param.min} to {param.max}"})
            continue
        complete[key] = int(value) if param.is_integer else float(value)
    if errors:
        raise Invalid(f"{errors[0]['field']}: {errors[0]['message']}", errors)
    return complete
