"""Routes of MLflow that are allowed, and the scope that each needs. Anything else is 404.

A test lists MLflow's URL map and fails when a release brings a route that is in neither list.
"""

import re
from dataclasses import dataclass

from plateau.access.scopes import Scope


@dataclass(frozen=True)
class AllowedRoute:
    """A route that is forwarded; `path` is matched whole, below `/api/2.0/`."""

    methods: frozenset[str]
    path: re.Pattern[str]
    scope: Scope


def _allow(methods: str, path: str, scope: Scope) -> AllowedRoute:
    return AllowedRoute(frozenset(methods.split()), re.compile(path), scope)


_READ, _WRITE = Scope.MODELS_READ, Scope.MODELS_WRITE
ALLOWED_ROUTES: tuple[AllowedRoute, ...] = (
    _allow("GET POST", r"mlflow/(experiments|registered-models|model-versions|runs|logged-models)/search", _READ),
    _allow("GET", r"mlflow/experiments/(get|get-by-name)", _READ),
    _allow("GET", r"mlflow/runs/get", _READ),
    _allow("GET", r"mlflow/metrics/(get-history|get-history-bulk-interval)", _READ),
    _allow("GET", r"mlflow/artifacts/list", _READ),
    _allow("GET", r"mlflow/registered-models/(get|alias)", _READ),
    _allow("GET POST", r"mlflow/registered-models/get-latest-versions", _READ),
    _allow("GET", r"mlflow/model-versions/(get|get-download-uri)", _READ),
    _allow("GET", r"mlflow/logged-models/[\w-]+(/artifacts/directories)?", _READ),
    _allow(
        "POST", r"mlflow/experiments/(create|update|delete|restore|set-experiment-tag|delete-experiment-tag)", _WRITE
    ),
    _allow(
        "POST",
        r"mlflow/runs/(create|update|delete|restore|log-metric|log-parameter|log-batch|log-inputs|log-model"
        r"|set-tag|delete-tag|outputs)",
        _WRITE,
    ),
    _allow("POST", r"mlflow/registered-models/(create|rename|set-tag|alias)", _WRITE),
    _allow("PATCH", r"mlflow/registered-models/update", _WRITE),
    _allow("DELETE", r"mlflow/registered-models/(delete|delete-tag|alias)", _WRITE),
    _allow("POST", r"mlflow/model-versions/(create|set-tag|transition-stage)", _WRITE),
    _allow("PATCH", r"mlflow/model-versions/update", _WRITE),
    _allow("DELETE", r"mlflow/model-versions/(delete|delete-tag)", _WRITE),
    _allow("POST", r"mlflow/logged-models(/[\w-]+/params)?", _WRITE),
    _allow("PATCH", r"mlflow/logged-models/[\w-]+(/tags)?", _WRITE),
    _allow("DELETE", r"mlflow/logged-models/[\w-]+(/tags/[^/]+)?", _WRITE),
    _allow("GET", r"mlflow-artifacts/artifacts(/.*)?", _READ),
    _allow("PUT DELETE", r"mlflow-artifacts/artifacts/.+", _WRITE),
)
SERVER_INFO = "/api/3.0/mlflow/server-info"

# Denied on purpose; matched against MLflow's own rules by the test.
DENIED_ROUTES: dict[str, str] = {
    r"^/ajax-api/": "copies of the API for MLflow's own pages, which are not served",
    r"^/(static-files/|build/|$)": "MLflow's own pages",
    r"^/(get-artifact|model-versions/get-artifact|graphql|version|health)": "served for MLflow's own pages",
    r"/api/3\.0/": "workspaces, traces, assessments, review queues: Plateau has its own",
    r"(gateway|endpoints|secrets|scorers|prompt|traces|webhooks|evaluat|datasets|online|invocations)": "not offered",
    r"/mpu/|presigned": "artifacts go through the proxy",
    r"/mlflow/(issues|label-schemas|assistant|jobs|demo|mcp)": "not offered",
}


def find_route(method: str, path: str) -> AllowedRoute | None:
    """The allowed route for a request below `/mlflow`, or None."""
    if not path.startswith("/api/2.0/"):
        return None
    rest = path.removeprefix("/api/2.0/")
    for route in ALLOWED_ROUTES:
        if method in route.methods and route.path.fullmatch(rest):
            return route
    return None
