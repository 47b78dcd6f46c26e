"""No call reaches a run, an experiment or a logged model of another project, wherever the call names it."""

import json
import re

import pytest

from registry.mlflow_proxy import references, routes
from registry.mlflow_proxy.tests.test_proxy import call
from registry.mlflow_store.store import tracking_store

pytestmark = pytest.mark.django_db

# Texts that look like ids, or hold some, and are looked at in another way.
SOURCES = {("CreateModelVersion", "source")}
ID_LIKE = re.compile(r"(^|_)(id|uuid)s?$|_json$")
# Tags of MLflow's whose value looks like an id and names nothing of ours.
FREE_TAGS = {
    "mlflow.experiment.sourceId",
    "mlflow.docker.image.id",
    "mlflow.issueDetection.jobId",
    "mlflow.genaiEvaluate.jobId",
    "mlflow.experiment.databricksTelemetryDestinationId",
}


def fields(message, visited=()):
    """Names of all fields of a message, at any depth."""
    for field in message.fields:
        yield field.name
        inner = field.message_type
        if inner is not None and inner.full_name not in visited:
            yield from fields(inner, (*visited, inner.full_name))


def open_messages():
    """(method, path, message) of every route that the proxy lets through."""
    from mlflow.protos import databricks_pb2, mlflow_artifacts_pb2, model_registry_pb2, service_pb2

    for module, name in (
        (service_pb2, "MlflowService"),
        (model_registry_pb2, "ModelRegistryService"),
        (mlflow_artifacts_pb2, "MlflowArtifactsService"),
    ):
        for method in module.DESCRIPTOR.services_by_name[name].methods:
            for endpoint in method.GetOptions().Extensions[databricks_pb2.rpc].endpoints:
                path = "/api/2.0" + re.sub(r"\{[\w.]+\}|<path:\w+>|<\w+>", "x", endpoint.path)
                if routes.find_route(endpoint.method, path) is not None:
                    yield endpoint.method, path, method.input_type


def test_every_id_in_a_message_of_an_open_route_is_classified():
    known = {*references.ID_FIELDS, *references.IGNORED_FIELDS, *references.JSON_FIELDS}
    messages = list(open_messages())
    unknown = {(path, name) for _, path, message in messages for name in fields(message) if ID_LIKE.search(name)}
    assert {field for field in unknown if field[1] not in known} == set()
    # The walk sees what it should: every open route of MLflow's has its message.
    routes = {(method, path) for method, path, _ in messages}
    for method, path in (
        ("POST", "/api/2.0/mlflow/runs/outputs"),
        ("POST", "/api/2.0/mlflow/logged-models"),
        ("POST", "/api/2.0/mlflow/model-versions/create"),
        ("GET", "/api/2.0/mlflow/metrics/get-history-bulk-interval"),
    ):
        assert (method, path) in routes
    assert {"run_id", "model_id", "experiment_ids", "run_ids", "source_run_id", "run_uuid", "model_json"} <= {
        name for _, name in unknown
    }


def test_every_tag_of_mlflows_that_looks_like_an_id_is_classified():
    from mlflow.utils import mlflow_tags

    values = {
        value for name, value in vars(mlflow_tags).items() if name.startswith("MLFLOW_") and isinstance(value, str)
    }
    like = {value for value in values if re.search(r"(Id|ID|\.id|RunId)$", value) and ".databricks." not in value}
    assert "mlflow.parentRunId" in like
    assert like - references.ID_TAGS.keys() - FREE_TAGS == set()


@pytest.fixture
def projects(make_project, mlflow_tables):
    """Ours, a second of our organization, and theirs, each with an experiment, a run and a logged model."""
    created = {}
    for name, project in (
        ("ours", make_project()),
        ("second", make_project(items=0, name="Second")),
        ("theirs", make_project(organization="theirs")),
    ):
        with tracking_store(project.pk) as store:
            experiment = store.create_experiment(f"{name}-{project.pk}")
            run = store.create_run(experiment, "x", 0, [], "run").info.run_id
            model = store.create_logged_model(experiment, name="model", source_run_id=run).model_id
        created[name] = {"project": project.pk, "experiment": str(experiment), "run": run, "model": model}
    return created


METRIC = {"key": "a", "value": 1.0, "timestamp": 1, "step": 0}
PARENT = "mlflow.parentRunId"


def calls(ours, foreign):
    """Every call that names something of a `foreign` project beside what is `ours`."""
    run, experiment, model = ours["run"], ours["experiment"], ours["model"]
    o_run, o_experiment, o_model = foreign["run"], foreign["experiment"], foreign["model"]
    post = [
        ("runs/log-metric", METRIC | {"run_id": run, "model_id": o_model}),
        ("runs/log-metric", METRIC | {"run_id": run, "modelId": o_model}),
        ("runs/log-metric", METRIC | {"runId": o_run}),
        ("runs/log-metric", METRIC | {"run_id": run, "run_uuid": o_run}),
        ("runs/log-batch", {"run_id": run, "metrics": [METRIC, METRIC | {"model_id": o_model}]}),
        ("runs/log-batch", {"run_id": run, "metrics": [METRIC | {"modelId": o_model}]}),
        ("runs/log-batch", {"run_id": run, "metrics": [METRIC | {"runId": o_run}]}),
        ("runs/log-batch", {"run_id": run, "tags": [{"key": PARENT, "value": o_run}]}),
        ("runs/outputs", {"run_id": run, "models": [{"model_id": o_model, "step": 0}]}),
        ("runs/outputs", {"runId": run, "models": [{"modelId": model}, {"modelId": o_model}]}),
        ("runs/log-inputs", {"run_id": run, "models": [{"model_id": o_model}]}),
        ("runs/log-inputs", {"run_id": run, "models": [{"modelId": o_model}]}),
        ("runs/log-model", {"run_id": run, "model_json": json.dumps({"run_id": o_run})}),
        ("runs/log-model", {"run_id": run, "modelJson": json.dumps({"run_id": run, "model_id": o_model})}),
        ("runs/create", {"experiment_id": o_experiment}),
        ("runs/create", {"experiment_id": experiment, "tags": [{"key": PARENT, "value": o_run}]}),
        ("runs/set-tag", {"run_id": run, "key": PARENT, "value": o_run}),
        ("runs/set-tag", {"run_id": o_run, "key": "a", "value": "b"}),
        ("runs/delete-tag", {"run_id": o_run, "key": "a"}),
        ("runs/log-parameter", {"run_uuid": o_run, "key": "a", "value": "b"}),
        ("runs/update", {"run_id": o_run}),
        ("runs/delete", {"run_id": o_run}),
        ("runs/restore", {"run_id": o_run}),
        ("runs/search", {"experiment_ids": [experiment, o_experiment]}),
        ("runs/search", {"experimentIds": [o_experiment]}),
        ("logged-models", {"experiment_id": experiment, "source_run_id": o_run}),
        ("logged-models", {"experiment_id": experiment, "sourceRunId": o_run}),
        ("logged-models", {"experimentId": o_experiment}),
        ("logged-models", {"experiment_id": experiment, "tags": [{"key": PARENT, "value": o_run}]}),
        ("logged-models/search", {"experiment_ids": [o_experiment]}),
        (f"logged-models/{o_model}/params", {"params": [{"key": "a", "value": "b"}]}),
        (f"logged-models/{model}/params", {"model_id": o_model, "params": []}),
        ("experiments/update", {"experiment_id": o_experiment, "new_name": "x"}),
        ("experiments/delete", {"experiment_id": o_experiment}),
        ("experiments/restore", {"experimentId": o_experiment}),
        ("experiments/set-experiment-tag", {"experiment_id": o_experiment, "key": "a", "value": "b"}),
        ("experiments/delete-experiment-tag", {"experiment_id": o_experiment, "key": "a"}),
        ("model-versions/create", {"name": "m", "source": f"runs:/{o_run}/model", "run_id": o_run}),
        ("model-versions/create", {"name": "m", "source": f"runs:/{o_run}/model"}),
        ("model-versions/create", {"name": "m", "source": f"models:/{o_model}", "model_id": model}),
        ("model-versions/create", {"name": "m", "source": f"models:////{o_model}"}),
        ("model-versions/create", {"name": "m", "source": f"models:/{model}", "modelId": o_model}),
        ("model-versions/create", {"name": "m", "source": f"models:/{model}", "runId": o_run}),
    ]
    other_methods = [
        ("PATCH", f"logged-models/{o_model}", {"model_id": o_model, "status": 2}),
        ("PATCH", f"logged-models/{model}", {"model_id": o_model, "status": 2}),
        ("PATCH", f"logged-models/{o_model}/tags", {"tags": [{"key": "a", "value": "b"}]}),
        ("DELETE", f"logged-models/{o_model}", {}),
        ("DELETE", f"logged-models/{o_model}/tags/a", {}),
        ("GET", f"logged-models/{o_model}", None),
        ("GET", f"logged-models/{o_model}/artifacts/directories", None),
        ("GET", f"runs/get?run_id={o_run}", None),
        ("GET", f"runs/get?run_id={run}&run_uuid={o_run}", None),
        ("GET", f"experiments/get?experiment_id={o_experiment}", None),
        ("GET", f"experiments/get?experimentId={o_experiment}", None),
        ("GET", f"artifacts/list?run%5Fid={o_run}", None),
        ("GET", f"metrics/get-history?run_uuid={o_run}&metric_key=a", None),
        ("GET", f"metrics/get-history-bulk-interval?run_ids={run}&run_ids={o_run}&metric_key=a", None),
        ("GET", f"runs/search?experiment_ids={o_experiment}", None),
    ]
    return [("POST", path, body) for path, body in post] + other_methods


@pytest.mark.parametrize("whose", ["theirs", "second", "nobody"])
def test_a_foreign_id_is_not_found_wherever_it_stands(people, projects, whose):
    token, ours = people.token("scientist"), projects["ours"]
    nobody = {"experiment": "2000000000", "run": "0" * 32, "model": f"m-{'0' * 32}"}
    base = f"/mlflow/project-{ours['project']}/api/2.0/mlflow/"
    passed = []
    for method, path, body in calls(ours, projects.get(whose, nobody)):
        response = call(method, base + path, token, body)
        if response != (404, "RESOURCE_DOES_NOT_EXIST"):
            passed.append((method, path, body, response if isinstance(response, tuple) else "passed"))
    assert passed == []


def test_a_projects_own_ids_pass_in_the_same_places(people, projects):
    token, ours = people.token("scientist"), projects["ours"]
    base = f"/mlflow/project-{ours['project']}/api/2.0/mlflow/"
    for method, path, body in calls(ours, ours):
        if path == "logged-models" and "sourceRunId" not in body:
            continue  # the same call as another
        assert isinstance(call(method, base + path, token, body), dict), (method, path, body)


@pytest.mark.parametrize("value", [True, 1.5, {"a": 1}, [["x"]], ["x", {"y": 1}]])
def test_an_id_of_another_form_is_refused_in_words(people, projects, value):
    path = f"/mlflow/project-{projects['ours']['project']}/api/2.0/mlflow/runs/outputs"
    body = {"run_id": projects["ours"]["run"], "models": [{"model_id": value}]}
    assert call("POST", path, people.token("scientist"), body) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize("value", ["007", "٣", "1 ", "-1", "9" * 5000, "1e3", "\x00"])
def test_an_experiment_is_named_as_it_is_kept(people, projects, value):
    path = f"/mlflow/project-{projects['ours']['project']}/api/2.0/mlflow/runs/search"
    response = call("POST", path, people.token("scientist"), {"experiment_ids": [value]})
    assert response == (404, "RESOURCE_DOES_NOT_EXIST")


def test_a_body_beside_the_address_is_not_handed_on(people, projects):
    """MLflow reads the body of a GET that has no query."""
    ours, theirs = projects["ours"], projects["theirs"]
    path = f"/mlflow/project-{ours['project']}/api/2.0/mlflow/runs/get"
    passed = call("GET", path, people.token("scientist"), {"run_id": theirs["run"]})
    assert (passed["wsgi.input"].read(), passed["CONTENT_LENGTH"]) == (b"", "0")


@pytest.mark.parametrize(
    "tags", ["x", {"key": "a", "value": "b"}, ["a"], [["a", "b"]], [None], [{"value": "b"}], [{"key": 7}],
             [{"key": "a", "value": {"b": 1}}], [{"key": "a", "value": "b"}, 5]],
)  # fmt: skip
@pytest.mark.parametrize("path", ["runs/log-batch", "runs/create"])
def test_tags_of_a_wrong_form_are_refused_and_do_not_vanish(people, projects, path, tags):
    ours = projects["ours"]
    body = {"experiment_id": ours["experiment"], "run_id": ours["run"], "tags": tags}
    url = f"/mlflow/project-{ours['project']}/api/2.0/mlflow/{path}"
    assert call("POST", url, people.token("scientist"), body) == (400, "INVALID_PARAMETER_VALUE")
