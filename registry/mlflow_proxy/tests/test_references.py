"""No call reaches a run, an experiment or a logged model of another project, wherever the call names it."""

import json
import re

import pytest

from registry.mlflow_proxy import messages, proxy, routes
from registry.mlflow_proxy.tests.test_proxy import call
from registry.mlflow_store.errors import MlflowError
from registry.mlflow_store.store import tracking_store

pytestmark = pytest.mark.django_db

# Tags of MLflow's whose value looks like an id and names nothing of ours.
FREE_TAGS = {
    "mlflow.experiment.sourceId",
    "mlflow.docker.image.id",
    "mlflow.issueDetection.jobId",
    "mlflow.genaiEvaluate.jobId",
    "mlflow.experiment.databricksTelemetryDestinationId",
}


def open_endpoints():
    """Every call of MLflow's that the proxy lets through."""
    for endpoint in messages.endpoints():
        path = re.sub(r"\(\?P<\w+>\[\^/\]\+\)", "x", endpoint.path.pattern).replace("\\", "").replace(".+", "a/b")
        if routes.find_route(endpoint.method, path) is not None:
            yield endpoint


def messages_of(descriptor, visited):
    """A message with all that it holds, at any depth."""
    if messages.message_name(descriptor) not in visited:
        visited[messages.message_name(descriptor)] = descriptor
        for field in descriptor.fields:
            if field.message_type is not None:
                messages_of(field.message_type, visited)


def test_every_field_of_every_open_message_is_classified():
    """A release of MLflow's that adds a field fails here until somebody says what it names."""
    visited = {}
    for endpoint in open_endpoints():
        messages_of(endpoint.request, visited)
        messages_of(endpoint.response, visited)
    fields = {(name, field.name) for name, descriptor in visited.items() for field in descriptor.fields}
    classified = {(name, field) for name, kinds in messages.FIELDS.items() for field in kinds}
    assert fields - classified == set()
    assert classified - fields == set()  # nor does the table hold what is gone
    assert {"LogMetric", "LogOutputs", "CreateModelVersion.Response", "LoggedModelInfo"} <= visited.keys()
    # What looks like an id is one.
    like = {entry for entry in fields if re.search(r"(^|_)(id|uuid)s?$|_json$|_uri$|_location$|^source$", entry[1])}
    plain = {(name, field) for name, field in like if messages.FIELDS[name][field] == "plain"}
    assert plain == {("Dataset", "source"), ("LoggedModelInfo", "creator_id")}


def test_a_call_without_messages_is_not_let_through(people, projects):
    with pytest.raises(MlflowError, match="does not offer"):
        messages.find_endpoint("POST", "/api/2.0/mlflow/runs/unknown")
    open_paths = {(endpoint.method, endpoint.path.pattern) for endpoint in open_endpoints()}
    assert len(open_paths) > 60


def test_every_tag_of_mlflows_that_looks_like_an_id_is_classified():
    from mlflow.utils import mlflow_tags

    values = {
        value for name, value in vars(mlflow_tags).items() if name.startswith("MLFLOW_") and isinstance(value, str)
    }
    like = {value for value in values if re.search(r"(Id|ID|\.id|RunId)$", value) and ".databricks." not in value}
    assert "mlflow.parentRunId" in like
    assert like - messages.TAGS.keys() - FREE_TAGS == set()


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
PARENT, HISTORY = "mlflow.parentRunId", "mlflow.log-model.history"


def calls(ours, foreign):
    """Every call that names something of a `foreign` project beside what is `ours`."""
    run, experiment, model = ours["run"], ours["experiment"], ours["model"]
    o_run, o_experiment, o_model = foreign["run"], foreign["experiment"], foreign["model"]
    post = [
        ("runs/log-metric", METRIC | {"run_id": run, "model_id": o_model}),
        ("runs/log-metric", METRIC | {"run_id": run, "modelId": o_model}),
        ("runs/log-metric", METRIC | {"runId": o_run}),
        ("runs/log-metric", METRIC | {"run_id": run, "run_uuid": o_run}),
        ("runs/set-tag", {"run_id": run, "key": HISTORY, "value": json.dumps([{"run_id": o_run, "flavors": {}}])}),
        ("runs/log-batch", {"run_id": run, "tags": [{"key": HISTORY, "value": json.dumps([{"model_id": o_model}])}]}),
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


@pytest.mark.parametrize(
    ("path", "extra"),
    [
        ("runs/log-metric", {"trace_id": "tr-1"}),
        ("runs/log-batch", {"metrics": [METRIC | {"experiment_ref": "1"}]}),
        ("runs/log-inputs", {"models": [{"model_id": "", "uri": "models:/x"}]}),
        ("runs/log-inputs", {"datasets": [{"dataset": {"dataset_id": "d-1"}}]}),
        ("logged-models", {"workspace": "project-1"}),
        ("model-versions/create", {"storage_location": "file:///etc"}),
        ("registered-models/create", {"Name": "x"}),
    ],
)
def test_a_field_that_nobody_has_classified_refuses_the_call(people, projects, path, extra):
    url = f"/mlflow/project-{projects['ours']['project']}/api/2.0/mlflow/{path}"
    body = {"run_id": projects["ours"]["run"]} if path.startswith("runs/") else {"name": "x"}
    assert call("POST", url, people.token("scientist"), body | extra) == (400, "INVALID_PARAMETER_VALUE")


def test_an_answer_is_without_what_an_earlier_release_let_in(people, projects):
    """Entries of a list that name a foreign thing are left out; what is foreign as a whole is not there."""
    ours, theirs = projects["ours"], projects["theirs"]
    workspace = f"project-{ours['project']}"

    def answer(method, path, data):
        endpoint, _ = messages.find_endpoint(method, f"/api/2.0/mlflow/{path}")
        return json.loads(proxy._own_answer(endpoint, workspace, {}, {}, None, "200 OK", json.dumps(data).encode()))

    def run(whose):
        return {
            "info": {"run_id": whose["run"], "experiment_id": whose["experiment"], "artifact_uri": ""},
            "outputs": {"model_outputs": [{"model_id": ours["model"], "step": 0}]},
        }

    mixed = run(ours)
    mixed["outputs"]["model_outputs"].append({"model_id": theirs["model"], "step": 1})
    mixed["data"] = {
        "tags": [{"key": PARENT, "value": theirs["run"]}, {"key": "a", "value": theirs["run"]}],
        "metrics": [METRIC | {"model_id": theirs["model"]}, METRIC | {"model_id": ours["model"]}],
    }
    kept = answer("GET", "runs/get", {"run": mixed})["run"]
    assert kept["outputs"] == run(ours)["outputs"]
    assert kept["data"]["tags"] == [{"key": "a", "value": theirs["run"]}]
    assert [metric["model_id"] for metric in kept["data"]["metrics"]] == [ours["model"]]
    assert answer("POST", "runs/search", {"runs": [run(ours), run(theirs)]}) == {"runs": [run(ours)]}
    gone = run(ours)
    gone["outputs"]["model_outputs"] = [{"model_id": f"m-{'0' * 32}", "step": 0}]
    assert answer("GET", "runs/get", {"run": gone}) == {"run": gone}  # what is nowhere reveals nothing
    version = {"name": "m", "version": "1", "source": f"models:/{theirs['model']}"}
    home = f"mlflow-artifacts:/workspaces/project-{theirs['project']}/1"
    for method, path, data in (
        ("GET", "runs/get", {"run": run(theirs)}),
        ("GET", "model-versions/get", {"model_version": version}),
        ("GET", "model-versions/get", {"model_version": version | {"source": "", "run_id": theirs["run"]}}),
        ("GET", "model-versions/get-download-uri", {"artifact_uri": home}),
        ("GET", "artifacts/list", {"root_uri": home, "files": []}),
        ("GET", "runs/get", {"run": run(ours), "trace": {"trace_id": "tr-1"}}),  # nobody has classified it
    ):
        with pytest.raises(MlflowError) as error:
            answer(method, path, data)
        assert error.value.status.startswith("404"), (path, data)


@pytest.mark.parametrize("value", [True, 1.5, {"a": 1}, [["x"]], ["x", {"y": 1}]])
def test_an_id_of_another_form_is_refused_in_words(people, projects, value):
    path = f"/mlflow/project-{projects['ours']['project']}/api/2.0/mlflow/runs/outputs"
    body = {"run_id": projects["ours"]["run"], "models": [{"model_id": value}]}
    assert call("POST", path, people.token("scientist"), body) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize("value", ["007", "٣", "1 ", "-1", "9" * 5000, "1e3"])
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
