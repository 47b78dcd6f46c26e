"""Which of MLflow's routes are open, and what they need. Anything else is 404.

A test lists MLflow's URL map and fails when a release brings a route that is in neither list.
"""

import re
from dataclasses import dataclass

from plateau.access.scopes import Scope


@dataclass(frozen=True)
class Open:
    """A route that is let through; `path` is matched whole, below `/api/2.0/`."""

    methods: frozenset[str]
    path: re.Pattern[str]
    scope: Scope


def _open(methods: str, path: str, scope: Scope) -> Open:
    return Open(frozenset(methods.split()), re.compile(path), scope)


_READ, _WRITE = Scope.MODELS_READ, Scope.MODELS_WRITE
ROUTES: tuple[Open, ...] = (
    _open("GET POST", r"mlflow/(experiments|registered-models|model-versions|runs|logged-models)/search", _READ),
    _open("GET", r"mlflow/experiments/(get|get-by-name)", _READ),
    _open("GET", r"mlflow/runs/get", _READ),
    _open("GET", r"mlflow/metrics/(get-history|get-history-bulk-interval)", _READ),
    _open("GET", r"mlflow/artifacts/list", _READ),
    _open("GET", r"mlflow/registered-models/(get|alias)", _READ),
    _open("GET POST", r"mlflow/registered-models/get-latest-versions", _READ),
    _open("GET", r"mlflow/model-versions/(get|get-download-uri)", _READ),
    _open("GET", r"mlflow/logged-models/[\w-]+(/artifacts/directories)?", _READ),
    _open(
        "POST", r"mlflow/experiments/(create|update|delete|restore|set-experiment-tag|delete-experiment-tag)", _WRITE
    ),
    _open(
        "POST",
        r"mlflow/runs/(create|update|delete|restore|log-metric|log-parameter|log-batch|log-inputs|log-model"
        r"|set-tag|delete-tag|outputs)",
        _WRITE,
    ),
    _open("POST", r"mlflow/registered-models/(create|rename|set-tag|alias)", _WRITE),
    _open("PATCH", r"mlflow/registered-models/update", _WRITE),
    _open("DELETE", r"mlflow/registered-models/(delete|delete-tag|alias)", _WRITE),
    _open("POST", r"mlflow/model-versions/(create|set-tag|transition-stage)", _WRITE),
    _open("PATCH", r"mlflow/model-versions/update", _WRITE),
    _open("DELETE", r"mlflow/model-versions/(delete|delete-tag)", _WRITE),
    _open("POST", r"mlflow/logged-models(/[\w-]+/params)?", _WRITE),
    _open("PATCH", r"mlflow/logged-models/[\w-]+(/tags)?", _WRITE),
    _open("DELETE", r"mlflow/logged-models/[\w-]+(/tags/[^/]+)?", _WRITE),
    _open("GET", r"mlflow-artifacts/artifacts(/.*)?", _READ),
    _open("PUT DELETE", r"mlflow-artifacts/artifacts/.+", _WRITE),
)
SERVER_INFO = "/api/3.0/mlflow/server-info"

# Closed on purpose; matched against MLflow's own rules by the test.
CLOSED: dict[str, str] = {
    r"^/ajax-api/": "copies of the API for MLflow's own pages, which are not served",
    r"^/(static-files/|build/|$)": "MLflow's own pages",
    r"^/(get-artifact|model-versions/get-artifact|graphql|version|health)": "served for MLflow's own pages",
    r"/api/3\.0/": "workspaces, traces, assessments, review queues: Plateau has its own",
    r"(gateway|endpoints|secrets|scorers|prompt|traces|webhooks|evaluat|datasets|online|invocations)": "not offered",
    r"/mpu/|presigned": "artifacts go through the gate",
    r"/mlflow/(issues|label-schemas|assistant|jobs|demo|mcp)": "not offered",
}


def find(method: str, path: str) -> Open | None:
    """The open route for a request below `/mlflow`, or None."""
    if not path.startswith("/api/2.0/"):
        return None
    rest = path.removeprefix("/api/2.0/")
    for route in ROUTES:
        if method in route.methods and route.path.fullmatch(rest):
            return route
    return None
