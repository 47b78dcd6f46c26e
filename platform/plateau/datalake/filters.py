"""Lists of datasets, items and erasures."""

from typing import Any, Literal

from plateau.http.filters import ListFilters, QueryFilter, StateFilter
from plateau.http.paging import Listing
from plateau.http.query import QueryText, RowId


class DeletedFilter(StateFilter):
    """By whether a dataset is deleted."""

    def filter(self, qs: Any, value: str) -> Any:
        """By whether there is a time of it."""
        return qs if value == "all" else qs.filter(deleted_at__isnull=value == "active")


class DatasetFilters(ListFilters):
    """Of datasets."""

    state = DeletedFilter(Literal["active", "deleted", "all"], "Active or deleted ones, or all", default="active")


DATASETS = Listing(
    ordering={"id": "pk", "name": "name", "items": "item_count", "created_at": "created_at"},
    search=("name", "note"),
    filters=DatasetFilters,
)


class ItemFilters(ListFilters):
    """Of items."""

    name = QueryFilter(QueryText, "Items whose name begins so", lookup_expr="startswith")
    asset_id = QueryFilter(RowId, "Items of one file")


ITEMS = Listing(
    ordering={"id": "pk", "name": "name"}, search=("name",), filters=ItemFilters, wide=("meta", "text", "asset__facts")
)

UPLOADS = Listing(ordering={"id": "pk"}, search=("created_by__name",))


class ErasureFilters(ListFilters):
    """Of erasures."""

    dataset_id = QueryFilter(RowId, "Of one dataset")


ERASURES = Listing(ordering={"id": "pk"}, search=("reason", "dataset__name"), filters=ErasureFilters)
