"""Lists of models, their versions, and what made them."""

from plateau.http.filters import ContainsFilter, ListFilters, QueryFilter, StateFilter
from plateau.http.paging import FixedListing, Listing
from plateau.http.query import QueryText, RowId, one_of
from registry.model_versions.models import VersionOrigin
from registry.model_versions.schemas import VersionStateName


class ModelFilters(ListFilters):
    """Of registered models."""

    project_id = QueryFilter(RowId, "Of one project")
    name = QueryFilter(QueryText, "Of one name")


MODELS = Listing(
    ordering={"id": "pk", "name": "name", "created_at": "created_at"}, search=("name",), filters=ModelFilters
)  # fmt: skip


class VersionFilters(ModelFilters):
    """Of model versions."""

    state = StateFilter(VersionStateName, "In one state, or all", default="ready")
    origin = QueryFilter(one_of(VersionOrigin), "Of one origin")
    snapshot_id = QueryFilter(RowId, "Trained on one snapshot")
    alias = ContainsFilter(QueryText, "That an alias points at", field_name="aliases")


VERSIONS = Listing(
    ordering={"id": "pk", "name": "name", "version": "version", "created_at": "created_at"},
    search=("name", "description"),
    filters=VersionFilters,
)


class LabelFilters(ListFilters):
    """Of the labels that made a version."""

    item_id = QueryFilter(RowId, "Of one item")
    user_id = QueryFilter(RowId, "By one user", field_name="annotation__user_id")


LABELS = Listing(ordering={"id": "pk", "name": "item__name"}, search=("item__name",), filters=LabelFilters)

DERIVED = FixedListing(
    ordering=("id", "name", "version"),
    search=("name",),
    filters={"project_id": (RowId, "Of one project")},
)

EXPORTS = FixedListing(
    ordering=("variant", "size_bytes", "updated_at"),
    search=("variant",),
    filters={"variant": (QueryText, "Of one variant")},
)

ERRORS = FixedListing(
    ordering=("confidence", "item_id"),
    search=("true_label", "predicted_label"),
    limit=50,
    filters={
        "true_label": (QueryText, "Whose true label is"),
        "predicted_label": (QueryText, "Whose predicted label is"),
        "is_correct": (bool, "Correct predictions instead of errors", False),
    },
)

METRICS = FixedListing(
    ordering=("key", "title"),
    search=("key", "title", "description"),
    filters={"annotation_types": (QueryText, "For one annotation type")},
)
