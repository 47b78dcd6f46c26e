"""MLflow's messages, each field with what it means: no call and no answer passes with a field that is not here.

MLflow looks up some ids inside the workspace and trusts others. So the proxy reads every message by its protobuf
descriptor and asks of each field what it names: a run, an experiment, a logged model, a version's source, a place of
artifacts, or nothing (`plain`). A field of MLflow's that has no entry here refuses the call; a test walks the messages
of all open routes. Registered models, aliases and experiments by name are looked up in the workspace by MLflow itself.
"""

import base64
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

import orjson

from registry.mlflow_store.errors import (
    ENDPOINT_NOT_FOUND,
    INVALID_PARAMETER_VALUE,
    RESOURCE_DOES_NOT_EXIST,
    MlflowError,
)


class FieldKind(StrEnum):
    """What a field says."""

    PLAIN = "plain"
    RUN = "run"
    EXPERIMENT = "experiment"
    MODEL = "model"
    SOURCE = "source"  # of a version: `models:/…`, `runs:/…` or a place of artifacts
    LOCATION = "location"  # a place of artifacts that MLflow chose
    JSON = "json"  # text that is JSON with ids inside
    PERSON = "person"  # written by the proxy
    VERSION = "version"  # the number of a version of the model that stands beside it
    PAGE = "page"  # a token of MLflow's: base64 of an object
    FOREIGN_JOB = "foreign_job"  # of Databricks, where nobody here can look anything up


_K = FieldKind
Fields = dict[str, FieldKind]


def _of(plain: str = "", **kinds: str) -> Fields:
    return dict.fromkeys(plain.split(), _K.PLAIN) | {
        name: _K(kind) for kind, names in kinds.items() for name in names.split()
    }


_RUN_IDS = "run_id run_uuid"
_FILE = "path is_dir file_size"
# By message, without the package; what fields that hold messages name stands with those messages.
FIELDS: dict[str, Fields] = {
    # Experiments
    "Experiment": _of(
        "name lifecycle_stage last_update_time creation_time tags effective_trace_archival_retention workspace",
        experiment="experiment_id", location="artifact_location",
    ),
    "ExperimentTag": _of("key value"),
    "GetExperimentByName": _of("experiment_name"),
    "GetExperimentByName.Response": _of("experiment"),
    "CreateExperiment": _of("name tags", location="artifact_location"),
    "CreateExperiment.Response": _of(experiment="experiment_id"),
    "SearchExperiments": _of("filter order_by view_type max_results", page="page_token"),
    "SearchExperiments.Response": _of("experiments next_page_token"),
    "GetExperiment": _of(experiment="experiment_id"),
    "GetExperiment.Response": _of("experiment"),
    "DeleteExperiment": _of(experiment="experiment_id"),
    "RestoreExperiment": _of(experiment="experiment_id"),
    "UpdateExperiment": _of("new_name", experiment="experiment_id"),
    "SetExperimentTag": _of("key value", experiment="experiment_id"),
    "DeleteExperimentTag": _of("key", experiment="experiment_id"),
    # Runs
    "Run": _of("info data inputs outputs"),
    "RunInfo": _of(
        "run_name status start_time end_time lifecycle_stage",
        run=_RUN_IDS, experiment="experiment_id", person="user_id", location="artifact_uri",
    ),
    "RunData": _of("metrics params tags"),
    "RunTag": _of("key value"),
    "RunInputs": _of("dataset_inputs model_inputs"),
    "RunOutputs": _of("model_outputs"),
    "Metric": _of("key value timestamp step dataset_name dataset_digest", model="model_id", run="run_id"),
    "MetricWithRunId": _of("key value timestamp step", run="run_id"),
    "Param": _of("key value"),
    "DatasetInput": _of("tags dataset"),
    "InputTag": _of("key value"),
    # Where a dataset came from, in words of whoever logs it; nothing here reads it.
    "Dataset": _of("name digest source_type source schema profile"),
    "ModelInput": _of(model="model_id"),
    "ModelOutput": _of("step", model="model_id"),
    "CreateRun": _of("run_name start_time tags", experiment="experiment_id", person="user_id"),
    "CreateRun.Response": _of("run"),
    "UpdateRun": _of("status end_time run_name", run=_RUN_IDS),
    "UpdateRun.Response": _of("run_info"),
    "DeleteRun": _of(run="run_id"),
    "RestoreRun": _of(run="run_id"),
    "GetRun": _of(run=_RUN_IDS),
    "GetRun.Response": _of("run"),
    "SearchRuns": _of("filter run_view_type order_by max_results", page="page_token", experiment="experiment_ids"),
    "SearchRuns.Response": _of("runs next_page_token"),
    "LogMetric": _of(
        "key value timestamp step dataset_name dataset_digest", run=_RUN_IDS, model="model_id"
    ),
    "LogParam": _of("key value", run=_RUN_IDS),
    "SetTag": _of("key value", run=_RUN_IDS),
    "DeleteTag": _of("key", run="run_id"),
    "LogBatch": _of("metrics params tags", run="run_id"),
    "LogModel": _of(run="run_id", json="model_json"),
    "LogInputs": _of("datasets models", run="run_id"),
    "LogOutputs": _of("models", run="run_id"),
    "ListArtifacts": _of("path page_token", run=_RUN_IDS),
    "ListArtifacts.Response": _of("files next_page_token", location="root_uri"),
    "FileInfo": _of(_FILE),
    "GetMetricHistory": _of("metric_key max_results", page="page_token", run=_RUN_IDS),
    "GetMetricHistory.Response": _of("metrics next_page_token"),
    "GetMetricHistoryBulkInterval": _of("metric_key start_step end_step max_results", run="run_ids"),
    "GetMetricHistoryBulkInterval.Response": _of("metrics"),
    # Logged models
    "LoggedModel": _of("info data"),
    "LoggedModelInfo": _of(
        "name creation_timestamp_ms last_updated_timestamp_ms status creator_id model_type status_message tags "
        "registrations",
        model="model_id", experiment="experiment_id", run="source_run_id", location="artifact_uri",
    ),
    "LoggedModelData": _of("params metrics"),
    "LoggedModelTag": _of("key value"),
    "LoggedModelParameter": _of("key value"),
    "LoggedModelRegistrationInfo": _of("name", version="version"),
    "CreateLoggedModel": _of("name model_type params tags", experiment="experiment_id", run="source_run_id"),
    "CreateLoggedModel.Response": _of("model"),
    "FinalizeLoggedModel": _of("status", model="model_id"),
    "FinalizeLoggedModel.Response": _of("model"),
    "GetLoggedModel": _of(model="model_id"),
    "GetLoggedModel.Response": _of("model"),
    "DeleteLoggedModel": _of(model="model_id"),
    "SearchLoggedModels": _of("filter datasets order_by max_results", page="page_token", experiment="experiment_ids"),
    "SearchLoggedModels.Dataset": _of("dataset_name dataset_digest"),
    "SearchLoggedModels.OrderBy": _of("field_name ascending dataset_name dataset_digest"),
    "SearchLoggedModels.Response": _of("models next_page_token"),
    "SetLoggedModelTags": _of("tags", model="model_id"),
    "SetLoggedModelTags.Response": _of("model"),
    "DeleteLoggedModelTag": _of("tag_key", model="model_id"),
    "ListLoggedModelArtifacts": _of("artifact_directory_path page_token", model="model_id"),
    "ListLoggedModelArtifacts.Response": _of("files next_page_token", location="root_uri"),
    "LogLoggedModelParamsRequest": _of("params", model="model_id"),
    # Registered models and their versions
    "RegisteredModel": _of(
        "name creation_timestamp last_updated_timestamp description latest_versions tags aliases deployment_job_state",
        person="user_id", foreign_job="deployment_job_id",
    ),
    "RegisteredModelTag": _of("key value"),
    "RegisteredModelAlias": _of("alias", version="version"),
    "ModelVersion": _of(
        "name creation_timestamp last_updated_timestamp current_stage description status status_message tags run_link "
        "aliases model_params model_metrics deployment_job_state",
        version="version", person="user_id", source="source", run="run_id", model="model_id",
    ),
    "ModelVersionTag": _of("key value"),
    "ModelParam": _of("name value"),
    "ModelMetric": _of("key value timestamp step dataset_name dataset_digest", model="model_id", run="run_id"),
    "ModelVersionDeploymentJobState": _of("job_state run_state current_task_name", foreign_job="job_id run_id"),
    "CreateRegisteredModel": _of("name tags description", foreign_job="deployment_job_id"),
    "CreateRegisteredModel.Response": _of("registered_model"),
    "RenameRegisteredModel": _of("name new_name"),
    "RenameRegisteredModel.Response": _of("registered_model"),
    "UpdateRegisteredModel": _of("name description", foreign_job="deployment_job_id"),
    "UpdateRegisteredModel.Response": _of("registered_model"),
    "DeleteRegisteredModel": _of("name"),
    "GetRegisteredModel": _of("name"),
    "GetRegisteredModel.Response": _of("registered_model"),
    "SearchRegisteredModels": _of("filter order_by max_results", page="page_token"),
    "SearchRegisteredModels.Response": _of("registered_models next_page_token"),
    "GetLatestVersions": _of("name stages"),
    "GetLatestVersions.Response": _of("model_versions"),
    "SetRegisteredModelTag": _of("name key value"),
    "DeleteRegisteredModelTag": _of("name key"),
    "SetRegisteredModelAlias": _of("name alias", version="version"),
    "DeleteRegisteredModelAlias": _of("name alias"),
    "GetModelVersionByAlias": _of("name alias"),
    "GetModelVersionByAlias.Response": _of("model_version"),
    "CreateModelVersion": _of(
        "name tags run_link description", source="source", run="run_id", model="model_id"
    ),
    "CreateModelVersion.Response": _of("model_version"),
    "UpdateModelVersion": _of("name description", version="version"),
    "UpdateModelVersion.Response": _of("model_version"),
    "TransitionModelVersionStage": _of("name stage archive_existing_versions", version="version"),
    "TransitionModelVersionStage.Response": _of("model_version"),
    "DeleteModelVersion": _of("name", version="version"),
    "GetModelVersion": _of("name", version="version"),
    "GetModelVersion.Response": _of("model_version"),
    "SearchModelVersions": _of("filter order_by max_results", page="page_token"),
    "SearchModelVersions.Response": _of("model_versions next_page_token"),
    "GetModelVersionDownloadUri": _of("name", version="version"),
    "GetModelVersionDownloadUri.Response": _of(source="artifact_uri"),
    "SetModelVersionTag": _of("name key value", version="version"),
    "DeleteModelVersionTag": _of("name key", version="version"),
    # Artifacts: their paths are held inside the workspace where they are asked for
    "artifacts.ListArtifacts": _of("path"),
    "artifacts.ListArtifacts.Response": _of("files"),
    "artifacts.FileInfo": _of(_FILE),
}  # fmt: skip
# Tags whose value is an id, `{"key": "mlflow.parentRunId", "value": …}`, or JSON with ids inside.
TAGS: dict[str, FieldKind] = {
    "mlflow.parentRunId": _K.RUN,
    "mlflow.log-model.history": _K.JSON,
}
USER_TAG = "mlflow.user"
IDS = frozenset({_K.RUN, _K.EXPERIMENT, _K.MODEL})
DEFAULT_EXPERIMENT = "0"
# Keys of JSON texts that are ids, at any depth.
_JSON_IDS: dict[str, FieldKind] = {
    "run_id": _K.RUN, "run_uuid": _K.RUN, "source_run_id": _K.RUN, "parent_run_id": _K.RUN,
    "experiment_id": _K.EXPERIMENT, "model_id": _K.MODEL,
}  # fmt: skip
_MAX_DEPTH = 20
_MAX_INT32, _MAX_INT64 = 2**31 - 1, 2**63 - 1
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_NUMBER = re.compile(r"-?([0-9]{1,400}(\.[0-9]{0,400})?([eE][+-]?[0-9]{1,3})?|Infinity)|NaN")
_DIGITS = re.compile(r"[0-9]{1,40}")

Reference = tuple[FieldKind, str]  # what a message names: one of `IDS`, a source, or a place


@dataclass(frozen=True)
class MlflowEndpoint:
    """A call of MLflow's: its address below `/mlflow`, and the protobuf descriptors of request and response."""

    method: str
    path: re.Pattern[str]
    request: Any
    response: Any


@lru_cache(maxsize=1)
def endpoints() -> list[MlflowEndpoint]:
    """Every call that MLflow describes by messages; importing them takes a second."""
    from mlflow.protos import databricks_pb2, mlflow_artifacts_pb2, model_registry_pb2, service_pb2

    described = []
    for module, name in (
        (service_pb2, "MlflowService"),
        (model_registry_pb2, "ModelRegistryService"),
        (mlflow_artifacts_pb2, "MlflowArtifactsService"),
    ):
        for method in module.DESCRIPTOR.services_by_name[name].methods:
            response = method.input_type.nested_types_by_name.get("Response", method.output_type)
            for endpoint in method.GetOptions().Extensions[databricks_pb2.rpc].endpoints:
                path = re.sub(r"\{(\w+)\}|<(\w+)>", lambda match: f"(?P<{match[1] or match[2]}>[^/]+)", endpoint.path)
                path = re.sub(r"<path:(\w+)>|\{(\w+)=[^}]*\}", ".+", path)
                path = path.replace("{", "\\{").replace("}", "\\}")  # of forms that no open route has
                described.append(
                    MlflowEndpoint(endpoint.method, re.compile(f"/api/2\\.0{path}"), method.input_type, response)
                )
    return described


@lru_cache(maxsize=1024)
def find_endpoint(method: str, path: str) -> tuple[MlflowEndpoint, dict[str, str]]:
    """The call, and the fields that stand in its address.

    Raises:
        MlflowError: MLflow describes no such call, so nobody can say what it names.
    """
    for endpoint in endpoints():
        if endpoint.method == method and (match := endpoint.path.fullmatch(path)):
            return endpoint, match.groupdict()
    raise MlflowError(*ENDPOINT_NOT_FOUND, f"Plateau does not offer {method} {path}.")


def message_name(descriptor: Any) -> str:
    """The key of a message in `FIELDS`."""
    return str(descriptor.full_name).removeprefix("mlflow.")


@dataclass(frozen=True)
class _Field:
    descriptor: Any
    kind: FieldKind
    message: Any | None  # the descriptor of what the field holds, where that is a message
    repeated: bool


@lru_cache(maxsize=512)
def _fields_by_key(full_name: str, descriptor: Any) -> dict[str, _Field]:
    """The classified fields of a message, by both names that protobuf's JSON takes."""
    kinds = FIELDS.get(full_name, {})
    by_key = {}
    for entry in descriptor.fields:
        if entry.name in kinds:
            field = _Field(entry, kinds[entry.name], entry.message_type, entry.is_repeated)
            by_key[entry.name] = by_key[entry.json_name] = field
    return by_key


def _fields(descriptor: Any) -> dict[str, _Field]:
    return _fields_by_key(message_name(descriptor), descriptor)


def _find_field(descriptor: Any, key: str) -> _Field:
    field = _fields(descriptor).get(key)
    if field is None:
        raise MlflowError(
            *INVALID_PARAMETER_VALUE,
            f"{message_name(descriptor)} has no field '{key[:100]}' that Plateau knows. Leave it out.",
        )
    return field


@dataclass
class Request:
    """A request's fields by the names that MLflow gives them, and what they name."""

    data: dict[str, Any]
    path_values: dict[str, str]
    references: set[Reference] = field(default_factory=set)


def read_request(
    endpoint: MlflowEndpoint,
    path_values: dict[str, str],
    data: dict[str, Any],
    *,
    default_experiment: Callable[[], str],
) -> Request:
    """Read the object that a body is, or that `object_of_query` made of an address.

    `default_experiment` gives the project's own for 0, which is what MLflow's client calls the default experiment.

    Raises:
        MlflowError: a field is unknown, there twice, or not of its type, in MLflow's own words where it has some.
    """
    request = Request({}, path_values)
    reader = _RequestReader(request.references, default_experiment)
    for key, value in path_values.items():
        reader.scalar(_find_field(endpoint.request, key), value, key)
    request.data = reader.message(endpoint.request, data, "")
    return request


def object_of_query(endpoint: MlflowEndpoint, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The fields of an address, as the object that MLflow makes of them.

    Raises:
        MlflowError: a field is unknown, or there twice.
    """
    data: dict[str, Any] = {}
    for key, value in pairs:
        field = _find_field(endpoint.request, key)
        if field.message is not None:
            raise _invalid(key, value)
        if field.repeated:
            data.setdefault(field.descriptor.name, []).append(value)
        elif field.descriptor.name in data:
            raise MlflowError(*INVALID_PARAMETER_VALUE, f"'{key[:100]}' is there twice.")
        else:
            is_bool = field.descriptor.type == field.descriptor.TYPE_BOOL
            data[field.descriptor.name] = {"true": True, "false": False}.get(value.lower(), value) if is_bool else value
    return data


def _invalid(path: str, value: object) -> MlflowError:
    """As MLflow says it of a value that is not of its type."""
    shown = orjson.dumps(value).decode()[:200]
    return MlflowError(
        *INVALID_PARAMETER_VALUE,
        f"Invalid value {shown} for parameter '{path}' supplied:  Hint: Value was of type '{type(value).__name__}'. "
        "See the API docs for more information about request parameters.",
    )


class _RequestReader:
    """Reads messages as protobuf's JSON parser does, but drops nothing."""

    def __init__(self, references: set[Reference], default_experiment: Callable[[], str]) -> None:
        self.references, self.default_experiment = references, default_experiment

    def message(self, descriptor: Any, data: object, path: str) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise _invalid(path, data)
        read: dict[str, Any] = {}
        for key, value in data.items():
            field = _find_field(descriptor, key)
            name = field.descriptor.name
            inner_path = f"{path}.{name}" if path else name
            if name in read:
                raise MlflowError(*INVALID_PARAMETER_VALUE, f"'{inner_path}' is there twice.")
            if value is None:
                continue  # not given, to protobuf
            if field.repeated:
                if not isinstance(value, list):
                    raise _invalid(inner_path, value)
                read[name] = [self._value(field, entry, f"{inner_path}[{i}]") for i, entry in enumerate(value)]
            else:
                read[name] = self._value(field, value, inner_path)
        if (kind := TAGS.get(str(read.get("key")))) and "value" in read:
            self._refer(kind, read["value"])
        return read

    def _value(self, field: _Field, value: object, path: str) -> Any:
        return self.message(field.message, value, path) if field.message else self.scalar(field, value, path)

    def scalar(self, field: _Field, value: object, path: str) -> Any:
        if not _is_of_type(field.descriptor, value):
            raise _invalid(path, value)
        if field.kind is FieldKind.VERSION:
            _check_version(value)
        elif field.kind is FieldKind.PAGE and value:
            _check_page_token(str(value))
        elif field.kind is FieldKind.JSON:
            _check_object(path, str(value))
        elif field.kind is FieldKind.EXPERIMENT and value == DEFAULT_EXPERIMENT:
            value = self.default_experiment()
        self._refer(field.kind, value)
        return value

    def _refer(self, kind: FieldKind, value: object) -> None:
        if not isinstance(value, str) or (value == "" and kind is not FieldKind.SOURCE):
            return  # not given, to protobuf
        if kind is FieldKind.JSON:
            self.references |= references_of_json(value)
        elif kind in IDS or kind in (FieldKind.SOURCE, FieldKind.LOCATION):
            self.references.add((kind, value))


def _check_version(value: object) -> None:
    """Hold the number of a version to what MLflow's tables can hold.

    Raises:
        MlflowError: as MLflow says it.
    """
    if not _DIGITS.fullmatch(str(value)):
        raise MlflowError(*INVALID_PARAMETER_VALUE, f"Parameter 'version' must be an integer, got '{value}'.")
    if int(str(value)) > _MAX_INT32:
        raise MlflowError(*RESOURCE_DOES_NOT_EXIST, f"Model Version (version={value}) not found")


def _check_page_token(token: str) -> None:
    """Hold a page token to its form, which MLflow breaks on.

    Raises:
        MlflowError: it is no base64 of an object of JSON.
    """
    try:
        decoded = orjson.loads(base64.b64decode(token, validate=True))
    except (ValueError, orjson.JSONDecodeError):
        decoded = None
    if not isinstance(decoded, dict):
        raise MlflowError(*INVALID_PARAMETER_VALUE, f"Invalid page token: '{token[:100]}'.")


def _check_object(path: str, text: str) -> None:
    """Hold a text that MLflow reads as an object to being one.

    Raises:
        MlflowError: it is another value of JSON; that it is no JSON at all MLflow says itself.
    """
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError:
        return
    if not isinstance(data, dict):
        raise _invalid(path, text)


def _is_of_type(descriptor: Any, value: object) -> bool:
    """Whether protobuf's JSON parser takes a value for a field, and the tables can hold it."""
    kind = descriptor.type
    if kind == descriptor.TYPE_STRING:
        return isinstance(value, str) and "\x00" not in value
    if kind == descriptor.TYPE_BOOL:
        return isinstance(value, bool)
    if kind == descriptor.TYPE_ENUM:
        return _is_member(descriptor.enum_type, value)
    if isinstance(value, bool):
        return False
    if kind in (descriptor.TYPE_DOUBLE, descriptor.TYPE_FLOAT):
        return _is_number(value)
    if kind in (descriptor.TYPE_INT32, descriptor.TYPE_INT64):
        limit = _MAX_INT32 if kind == descriptor.TYPE_INT32 else _MAX_INT64
        if isinstance(value, str):
            return bool(_INTEGER.fullmatch(value)) and abs(int(value)) <= limit
        return isinstance(value, int | float) and value == value // 1 and abs(value) <= limit
    return False  # MLflow's open messages have no other types


def _is_number(value: object) -> bool:
    return bool(_NUMBER.fullmatch(value)) if isinstance(value, str) else isinstance(value, int | float)


def _is_member(enum: Any, value: object) -> bool:
    if isinstance(value, str):
        return value in enum.values_by_name or (bool(_INTEGER.fullmatch(value)) and int(value) in enum.values_by_number)
    return isinstance(value, int) and not isinstance(value, bool) and value in enum.values_by_number


def references_of_json(text: str) -> set[Reference]:
    """What a text names that is JSON with ids at any depth; nothing where it is no JSON, which MLflow says itself.

    Raises:
        MlflowError: it is nested too deep, or an id is no text.
    """
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError:
        return set()
    references: set[Reference] = set()
    pending: list[tuple[object, int]] = [(data, 0)]
    while pending:
        value, depth = pending.pop()
        if depth > _MAX_DEPTH:
            raise MlflowError(*INVALID_PARAMETER_VALUE, "The body is nested too deep.")
        if isinstance(value, list):
            pending += [(entry, depth + 1) for entry in value if isinstance(entry, dict | list)]
        elif isinstance(value, dict):
            for key, entry in value.items():
                if (kind := _JSON_IDS.get(key)) and entry not in (None, ""):
                    if not isinstance(entry, str):
                        raise _invalid(key, entry)
                    references.add((kind, entry))
                elif isinstance(entry, dict | list):
                    pending.append((entry, depth + 1))
    return references


def references_of_response(descriptor: Any, data: dict[str, Any]) -> set[Reference]:
    """What a response names.

    Raises:
        MlflowError: it has a field that nobody has classified.
    """
    references: set[Reference] = set()

    def walk(descriptor: Any, message: dict[str, Any]) -> None:
        fields = _fields(descriptor)
        for key, value in message.items():
            field = fields.get(key)
            if field is None:
                raise MlflowError(
                    *ENDPOINT_NOT_FOUND, f"{message_name(descriptor)}.{key} is not a field that Plateau knows."
                )
            if field.message is not None:
                for entry in value if field.repeated else [value]:
                    walk(field.message, entry)
            elif field.kind is not FieldKind.PLAIN:
                references.update(_named(field.kind, value))
        references.update(_named_by_tag(message))

    walk(descriptor, data)
    return references


def _named(kind: FieldKind, value: object) -> set[Reference]:
    if value == "" or kind not in {*IDS, FieldKind.SOURCE, FieldKind.LOCATION}:
        return set()
    return {(kind, str(value))}


def _named_by_tag(message: dict[str, Any]) -> set[Reference]:
    kind, value = TAGS.get(str(message.get("key"))), str(message.get("value", ""))
    if kind is FieldKind.JSON:
        try:
            return references_of_json(value)
        except MlflowError:  # of a release that looked at no such text
            return set()
    return _named(kind, value) if kind else set()


def without_foreign(descriptor: Any, data: dict[str, Any], foreign: set[Reference]) -> dict[str, Any] | None:
    """A response without what names something `foreign`: such an entry of a list is left out; elsewhere it is None."""
    message: dict[str, Any] = {}
    fields = _fields(descriptor)
    if _named_by_tag(data) & foreign:
        return None
    for key, value in data.items():
        field = fields[key]
        if field.message is None:
            if _named(field.kind, value) & foreign:
                return None
            message[key] = value
        elif field.repeated:
            entries = [without_foreign(field.message, entry, foreign) for entry in value]
            message[key] = [entry for entry in entries if entry is not None]
        else:
            inner = without_foreign(field.message, value, foreign)
            if inner is None:
                return None
            message[key] = inner
    return message
