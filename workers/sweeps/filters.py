"""The list of sweeps."""

from plateau.http.filters import ListFilters, QueryFilter
from plateau.http.paging import Listing
from plateau.http.query import QueryText, RowId, one_of
from workers.sweeps.models import SearchMethod


class SweepFilters(ListFilters):
    """Of sweeps."""

    snapshot_id = QueryFilter(RowId, "On one snapshot")
    recipe = QueryFilter(QueryText, "Of one recipe's parameters")
    method = QueryFilter(one_of(SearchMethod), "By one method")


SWEEPS = Listing(ordering={"id": "pk", "recipe": "recipe"}, search=("recipe",), filters=SweepFilters)
