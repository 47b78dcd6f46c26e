"""How many items there are of each choice of a filter: what a list says beside it.

What is counted is bounded: of a longer list the newest `MAX_COUNTED` rows, in one statement.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from pydantic import BaseModel, Field, create_model
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.datalake.filters import ITEMS
from plateau.datalake.models import Dataset, Item
from plateau.http.errors import NotFound
from plateau.http.openapi import document
from plateau.http.paging import Listing
from plateau.http.query import QueryModel, parse_query

MAX_COUNTED = 5000
MAX_VALUES = 50  # of one key
MAX_KEYS = 12
MAX_LENGTH = 60  # characters: longer values are texts, not choices
_PAGING = {"cursor", "limit", "ordering"}


class FacetValue(BaseModel):
    """How many rows have one value, as the filter takes it."""

    value: str
    count: int


def filters_of(listing: Listing) -> type[QueryModel]:
    """The filters and the search of a list, as a query of its own."""
    fields: dict[str, Any] = {
        name: (field.annotation, field) for name, field in listing.query.model_fields.items() if name not in _PAGING
    }
    query: type[QueryModel] = create_model("FacetsQuery", __base__=QueryModel, **fields)
    return query


def count_values(cells: Iterable[Mapping[str, Any] | None]) -> list[FacetValue]:
    """`key:value` of each key that most cells have, and that has few values; a list counts for each of its members."""
    by_key: dict[str, Counter[str]] = {}
    for cell in cells:
        for key, value in (cell or {}).items():
            texts = {text for member in (value if isinstance(value, list) else [value]) if (text := _text(member))}
            if texts and ":" not in key:
                by_key.setdefault(key, Counter()).update(texts)
    few = [(key, counts) for key, counts in by_key.items() if len(counts) <= MAX_VALUES]
    few.sort(key=lambda entry: -entry[1].total())
    return [
        FacetValue(value=f"{key}:{text}", count=count)
        for key, counts in few[:MAX_KEYS]
        for text, count in counts.most_common()
    ]


def _text(value: object) -> str:
    """A value as the filter takes it; empty where it is no choice."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value) if isinstance(value, str | int | float) else ""
    return text if len(text) <= MAX_LENGTH else ""


class ItemFacets(BaseModel):
    """Counts of the items that a list shows; each facet's own filter does not narrow it."""

    count: int = Field(description="Items that all filters leave, as far as they were counted")
    is_complete: bool = Field(description="False: there are more items; the newest 5,000 were counted")
    meta: list[FacetValue] = Field(description="`key:value`, of keys with few values")


ItemFacetsQuery = filters_of(ITEMS)


class ItemFacetsEndpoint(Endpoint):
    """Counts beside the filters of a dataset's items."""

    scopes: ClassVar = {"GET": Scope.DATA_READ}

    @document(
        summary="How many items each filter would leave", out=ItemFacets, query=ItemFacetsQuery, errors=[NotFound]
    )
    def get(self, request: Request, dataset_id: int) -> Response:
        """Takes the filters and the search of the list."""
        dataset = Dataset.objects.visible_to(self.actor).get_or_404(pk=dataset_id)
        items = Item.objects.visible_to(self.actor).filter(dataset=dataset)
        return Response(count_item_facets(items, parse_query(ItemFacetsQuery, request)))


def count_item_facets(items: "QuerySet[Item]", query: Any) -> ItemFacets:
    """The counts of all facets."""
    counted = _metas(items, query)
    without = counted if query.meta is None else _metas(items, query.model_copy(update={"meta": None}))
    return ItemFacets(
        count=min(len(counted), MAX_COUNTED),
        is_complete=len(counted) <= MAX_COUNTED,
        meta=count_values(without[:MAX_COUNTED]),
    )


def _metas(items: "QuerySet[Item]", query: Any) -> list[dict[str, Any]]:
    return list(ITEMS.filtered(query, items).order_by("-pk").values_list("meta", flat=True)[: MAX_COUNTED + 1])
