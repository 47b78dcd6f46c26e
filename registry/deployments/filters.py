"""Lists of deployments and of batch predictions."""

from plateau.http.filters import DeletedFilter, ListFilters, QueryFilter
from plateau.http.paging import Listing
from plateau.http.query import QueryText, RowId


class DeploymentFilters(ListFilters):
    """Of deployments."""

    project_id = QueryFilter(RowId, "Of one project")
    model_name = QueryFilter(QueryText, "Of one model")
    state = DeletedFilter("Active or deleted ones, or all")
    is_running = QueryFilter(bool, "Running, or stopped")


DEPLOYMENTS = Listing(
    ordering={"id": "pk", "name": "name", "created_at": "created_at"},
    search=("name", "model_name"),
    filters=DeploymentFilters,
)


class BatchPredictionFilters(ListFilters):
    """Of batches of predictions."""

    dataset_id = QueryFilter(RowId, "Over one dataset")


BATCH_PREDICTIONS = Listing(ordering={"id": "pk"}, search=("dataset__name",), filters=BatchPredictionFilters)
