"""The catalog of recipes. Loads no learning library: the web draws its forms from here."""

from collections.abc import Mapping

from labelkit.catalog import Catalog
from labelkit.messages import Message, in_field
from plateau.http.errors import InvalidInput
from workers.recipes import (
    boxes_centers,
    image_cnn,
    image_finetune,
    image_logistic,
    image_neighbours,
    image_probe,
    keypoints_centers,
    layout,
    majority,
    masks_pixels,
    masks_pyramid,
    rows_boosting,
    rows_lightgbm,
    rows_linear,
    spans_cnn,
    spans_linear,
    spans_lookup,
    text_cnn,
    text_linear,
)
from workers.recipes.spec import RecipeSpec

RECIPES: Catalog[RecipeSpec] = Catalog(
    (
        image_probe.SPEC,
        image_finetune.SPEC,
        image_cnn.SPEC,
        image_logistic.SPEC,
        image_neighbours.SPEC,
        majority.SPEC,
        boxes_centers.SPEC,
        keypoints_centers.SPEC,
        layout.SPEC,
        masks_pyramid.SPEC,
        masks_pixels.SPEC,
        text_linear.SPEC,
        text_cnn.SPEC,
        spans_linear.SPEC,
        spans_cnn.SPEC,
        spans_lookup.SPEC,
        rows_linear.SPEC,
        rows_boosting.SPEC,
        rows_lightgbm.SPEC,
    ),
    entry_type=RecipeSpec,
    group="plateau.recipes",
    noun="recipe",
)


def recipe_spec(key: str) -> RecipeSpec:
    """The spec of the recipe with this key.

    Raises:
        InvalidInput: no such recipe.
    """
    if key not in RECIPES:
        message = Message("must be one of: {names}", names=", ".join(sorted(RECIPES)))
        raise InvalidInput(in_field("recipe", message), [{"field": "recipe", "message": message}])
    return RECIPES[key]


def complete_params(spec: RecipeSpec, params: Mapping[str, object]) -> dict[str, object]:
    """`params` with the defaults of what is missing, as they are stored.

    Raises:
        InvalidInput: an unknown name, no number, or out of range; the message names the field.
    """
    errors = [{"field": f"params.{key}", "message": message} for key, message in spec.problems_of(params).items()]
    if errors:
        raise InvalidInput(in_field(errors[0]["field"], errors[0]["message"]), errors)
    return spec.complete(params)
