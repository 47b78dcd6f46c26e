"""Whether MLflow broke on what was searched for, or for a reason of its own."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any


def is_unreadable(path: str, request: Mapping[str, Any]) -> bool:
    """Whether MLflow's own parser breaks on the filter or the order of this search.

    MLflow answers 500 to such a search as to a fault of the server: what it cannot parse raises whatever its parser
    met there. Asked after the fact, so that no search is parsed twice.
    """
    from mlflow.exceptions import MlflowException

    for parse, texts in _parsers(path, request):
        for text in texts:
            try:
                parse(text)
            except MlflowException:
                continue  # refused with reasons: not what the server broke on
            except Exception:  # whatever the parser met
                return True
    return False


def _parsers(path: str, request: Mapping[str, Any]) -> list[tuple[Callable[[Any], Any], Iterable[Any]]]:
    from mlflow.utils import search_utils as utils

    filters = [text for text in (request.get("filter"), request.get("filter_string")) if text]
    order = request.get("order_by") or []
    orders = order if isinstance(order, list) else [order]
    by_path: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
        "/runs/": (utils.SearchUtils.parse_search_filter, utils.SearchUtils.parse_order_by_for_search_runs),
        "/experiments/": (
            utils.SearchExperimentsUtils.parse_search_filter,
            utils.SearchExperimentsUtils.parse_order_by_for_search_experiments,
        ),
        "/registered-models/": (
            utils.SearchModelUtils.parse_search_filter,
            utils.SearchModelUtils.parse_order_by_for_search_registered_models,
        ),
        "/model-versions/": (
            utils.SearchModelVersionUtils.parse_search_filter,
            utils.SearchModelVersionUtils.parse_order_by_for_search_model_versions,
        ),
        "/logged-models/": (
            _parse_logged_model_filter,
            utils.SearchLoggedModelsUtils.parse_order_by_for_logged_models,
        ),
        "/traces/": (
            utils.SearchTraceUtils.parse_search_filter_for_search_traces,
            utils.SearchTraceUtils.parse_order_by_for_search_traces,
        ),
    }
    return [
        pair
        for part, (parse_filter, parse_order) in by_path.items()
        if part in path
        for pair in ((parse_filter, filters), (parse_order, orders))
    ]


def _parse_logged_model_filter(text: str) -> None:
    """As MLflow's store does, which looks for a column of every attribute."""
    from mlflow.store.tracking.dbmodels.models import SqlLoggedModel
    from mlflow.utils.search_logged_model_utils import EntityType, parse_filter_string

    for comparison in parse_filter_string(text):
        if comparison.entity.type == EntityType.ATTRIBUTE:
            getattr(SqlLoggedModel, comparison.entity.key)
