"""Lists of datasets, items and erasures."""

from plateau.http.filters import ListFilters, QueryFilter
from plateau.http.paging import Listing
from plateau.http.query import QueryText, RowId

DATASETS = Listing(
    ordering={"id": "pk", "name": "name", "items": "item_count", "created_at": "created_at"}, search=("name", "note")
)  # fmt: skip


class ItemFilters(ListFilters):
    """Of items."""

    name = QueryFilter(QueryText, "Items whose name begins so", lookup_expr="startswith")
    asset_id = QueryFilter(RowId, "Items of one file")


ITEMS = Listing(ordering={"id": "pk", "name": "name"}, search=("name",), filters=ItemFilters)

UPLOADS = Listing(ordering={"id": "pk"}, search=("created_by__name",))


class ErasureFilters(ListFilters):
    """Of erasures."""

    dataset_id = QueryFilter(RowId, "Of one dataset")


ERASURES = Listing(ordering={"id": "pk"}, search=("reason", "dataset__name"), filters=ErasureFilters)
