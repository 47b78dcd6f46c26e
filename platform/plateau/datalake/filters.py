"""Lists of datasets, items and erasures."""

import re
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Annotated, Any

from django.db.models import Q
from django.utils import timezone
from pydantic import Field

from plateau.http.filters import DeletedFilter, ListFilters, QueryFilter
from plateau.http.paging import Listing
from plateau.http.query import QueryText, RowId

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")


class DatasetFilters(ListFilters):
    """Of datasets."""

    state = DeletedFilter("Active or deleted ones, or all")


DATASETS = Listing(
    ordering={"id": "pk", "name": "name", "items": "item_count", "created_at": "created_at"},
    search=("name", "note"),
    filters=DatasetFilters,
)


class MetaFilter(QueryFilter):
    """By a key of an item's metadata, and its value where one is named; `field_name` leads to the metadata."""

    def filter(self, qs: Any, value: str) -> Any:
        """`site:north` or `site`."""
        key, colon, wanted = value.partition(":")
        if not colon:
            return qs.filter(**{f"{self.field_name}__has_key": key})
        values = ({f"{self.field_name}__contains": {key: reading}} for reading in json_readings(wanted))
        return qs.filter(reduce(or_, (Q(**value) for value in values)))


def json_readings(text: str) -> list[str | float | bool]:
    """What a value that is written as text may be in JSON."""
    readings: list[str | float | bool] = [text]
    if text in ("true", "false"):
        readings.append(text == "true")
    if _NUMBER.fullmatch(text):
        readings.append(float(text))
    return readings


class AddedWithinFilter(QueryFilter):
    """By how many days ago an item was added."""

    def filter(self, qs: Any, value: int) -> Any:
        """At most so many."""
        return qs.filter(created_at__gte=timezone.now() - timedelta(days=value))


class ItemFilters(ListFilters):
    """Of items."""

    meta = MetaFilter(QueryText, "With a metadata key, or `key:value`", field_name="meta")
    added_within_days = AddedWithinFilter(Annotated[int, Field(ge=1, le=3650)], "Added at most so many days ago")

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
