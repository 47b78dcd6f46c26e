"""Lists of contracts."""

from plateau.http.filters import ListFilters, QueryFilter
from plateau.http.paging import Listing
from plateau.http.query import RowId, one_of
from registry.contracts.models import ContractState


class ContractFilters(ListFilters):
    """Of contracts."""

    project_id = QueryFilter(RowId, "Of one project")
    state = QueryFilter(one_of(ContractState), "In one state")


CONTRACTS = Listing(
    ordering={"id": "pk", "title": "title", "created_at": "created_at"},
    search=("title", "note"),
    filters=ContractFilters,
)
