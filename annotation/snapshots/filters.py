"""The list of snapshots."""

from annotation.snapshots.models import SnapshotState
from plateau.http.filters import ListFilters, QueryFilter
from plateau.http.paging import Listing
from plateau.http.query import RowId, one_of


class SnapshotFilters(ListFilters):
    """Of snapshots."""

    state = QueryFilter(one_of(SnapshotState), "In one state, as it is stored")
    version = QueryFilter(RowId, "Of one number")


SNAPSHOTS = Listing(
    ordering={"id": "pk", "version": "version"}, search=("content_hash",), filters=SnapshotFilters
)  # fmt: skip
