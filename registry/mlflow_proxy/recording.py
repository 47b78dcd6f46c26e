"""What is done through MLflow's door, in the audit log: a row for each call, or a day where calls are thousands."""

import threading
import time
from collections.abc import Mapping
from typing import Any

from django.core.files.storage import default_storage

from annotation.projects.models import Project
from plateau.access.scopes import Actor
from plateau.audit.services import record
from registry.mlflow_proxy import messages
from registry.model_versions.artifact_paths import storage_key

DAY = 86_400
# Values of a training come by the thousand: that somebody logs to a run, or fetches a file, is recorded once a day.
_LOGGING = frozenset(
    {"LogMetric", "LogBatch", "LogParam", "LogInputs", "LogOutputs", "LogModel", "LogLoggedModelParamsRequest"}
)
_FACTS = (
    "run_id", "run_uuid", "experiment_id", "model_id", "source_run_id", "name", "new_name", "version", "alias", "stage",
    "source", "key", "tag_key", "status",
)  # fmt: skip
_MAX_KNOWN = 20_000
_lock = threading.Lock()
_known: dict[tuple[object, ...], int] = {}


def changes_something(endpoint: messages.MlflowEndpoint) -> bool:
    """Whether a call is none that only reads; some of those are sent as POST."""
    return endpoint.method != "GET" and not messages.message_name(endpoint.request).startswith(("Search", "Get"))


def record_call(
    actor: Actor,
    project_id: int,
    endpoint: messages.MlflowEndpoint,
    path_values: Mapping[str, str],
    data: Mapping[str, Any],
    answer: Mapping[str, Any],
) -> None:
    """Record a call that changed something: which, what it names, and the ids of what it created."""
    name = messages.message_name(endpoint.request)
    facts = {key: str(value)[:256] for key, value in {**data, **path_values}.items() if key in _FACTS and value}
    if name in _LOGGING:
        run = facts.get("run_id") or facts.get("run_uuid") or facts.get("model_id")
        if _is_first_today(actor, project_id, run):
            _record(actor, project_id, "logged", name, facts)
    elif name.startswith("Create"):
        named = messages.references_of_response(endpoint.response, dict(answer))
        ids = sorted(value for kind, value in named if kind in messages.IDS)
        _record(actor, project_id, "created", name, facts | ({"created": ids[:10]} if ids else {}))
    else:
        _record(actor, project_id, "deleted" if name.startswith("Delete") else "changed", name, facts)


def record_artifact(actor: Actor, project_id: int, method: str, path: str) -> None:
    """Record that a file was uploaded, deleted or fetched; a list of files is no file."""
    facts = {"path": path[-500:]}
    if method == "PUT":
        _record(actor, project_id, "uploaded", "UploadArtifact", facts)
    elif method == "DELETE":
        _record(actor, project_id, "deleted", "DeleteArtifact", facts)
    elif path and default_storage.exists(storage_key(path)) and _is_first_today(actor, project_id, path):
        _record(actor, project_id, "downloaded", "DownloadArtifact", facts)


def _record(actor: Actor, project_id: int, what: str, call: str, facts: Mapping[str, object]) -> None:
    record(actor=actor, action=f"mlflow.{what}", subject=Project(pk=project_id), call=call, **facts)


def _is_first_today(actor: Actor, project_id: int, what: object) -> bool:
    """Whether this process sees it for the first time today; at worst each process records it once."""
    today = int(time.time()) // DAY
    key = (actor.organization_id, actor.user_id, actor.token_id, project_id, what)
    with _lock:
        if _known.get(key) == today:
            return False
        if len(_known) >= _MAX_KNOWN:
            _known.clear()
        _known[key] = today
        return True
