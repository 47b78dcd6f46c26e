"""What the stock client does with runs, artifacts and models goes through the proxy unchanged.

MLflow's own REST tests are not part of its package, so this walks the same ground: every call of the client that an
open route serves, with what MLflow documents as its effect.
"""

import pytest

from tests.test_registry import notebook

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]

TRACKING = """
    from mlflow.entities import Metric, Param, RunTag, ViewType
    import time
    from mlflow.exceptions import MlflowException

    def refused(call):
        try:
            call()
        except MlflowException as error:
            return error.error_code
        return ""

    e = c.create_experiment("one", tags={"a": "1"})
    assert c.get_experiment(e).name == "one" and c.get_experiment_by_name("one").tags["a"] == "1"
    assert refused(lambda: c.create_experiment("one")) == "RESOURCE_ALREADY_EXISTS"
    c.set_experiment_tag(e, "b", "2"); c.rename_experiment(e, "two")
    assert [x.name for x in c.search_experiments(filter_string="name = 'two'")] == ["two"]
    c.delete_experiment(e)
    assert c.get_experiment(e).lifecycle_stage == "deleted"
    c.restore_experiment(e)
    assert c.search_experiments(view_type=ViewType.ACTIVE_ONLY, max_results=1)

    r = c.create_run(e, tags={"k": "v"}, run_name="first").info.run_id
    c.log_metric(r, "loss", 1.0, step=0); c.log_metric(r, "loss", 0.5, step=1)
    c.log_param(r, "lr", "0.1")
    assert refused(lambda: c.log_param(r, "lr", "0.2")) == "INVALID_PARAMETER_VALUE"
    now = int(time.time() * 1000)
    c.log_batch(r, [Metric(f"m{i}", i, now, 0) for i in range(150)], [Param("p", "q")], [RunTag("t", "u")])
    assert [m.value for m in c.get_metric_history(r, "loss")] == [1.0, 0.5]
    run = c.get_run(r)
    assert (run.data.metrics["loss"], run.data.params["p"], run.data.tags["t"]) == (0.5, "q", "u")
    c.set_tag(r, "t", "w"); c.delete_tag(r, "k"); c.update_run(r, name="renamed")
    assert c.get_run(r).info.run_name == "renamed" and "k" not in c.get_run(r).data.tags
    c.set_tag(r, "mlflow.user", "boss")
    assert c.get_run(r).data.tags["mlflow.user"] == "scientist@ours.example"
    assert refused(lambda: c.delete_tag(r, "mlflow.user")) == "INVALID_PARAMETER_VALUE"
    for i in range(12):
        c.log_metric(c.create_run(e).info.run_id, "loss", float(i))
    found = c.search_runs([e], "metrics.loss < 5", max_results=4, order_by=["metrics.loss ASC"])
    assert [x.data.metrics["loss"] for x in found] == [0.0, 0.5, 1.0, 2.0] and found.token
    more = c.search_runs([e], "metrics.loss < 5", max_results=4, order_by=["metrics.loss ASC"], page_token=found.token)
    assert [x.data.metrics["loss"] for x in more] == [3.0, 4.0]
    c.set_terminated(r, "FINISHED"); c.delete_run(r)
    assert c.get_run(r).info.lifecycle_stage == "deleted"
    c.restore_run(r)
    assert c.get_run(r).info.status == "FINISHED"
    assert refused(lambda: c.get_run("0" * 32)) == "RESOURCE_DOES_NOT_EXIST"

    c.log_text(r, "hello", "notes/a.txt"); c.log_dict(r, {"x": 1}, "b.json")
    assert [f.path for f in c.list_artifacts(r)] == ["b.json", "notes"]
    assert [(f.path, f.file_size) for f in c.list_artifacts(r, "notes")] == [("notes/a.txt", 5)]
    assert open(c.download_artifacts(r, "notes/a.txt")).read() == "hello"
    dataset = mlflow.data.from_numpy(__import__("numpy").eye(2), name="eye")
    with mlflow.start_run(run_id=r):
        mlflow.log_input(dataset, context="training")
    assert c.get_run(r).inputs.dataset_inputs[0].dataset.name == "eye"
    mlflow.set_experiment("Default")
    with mlflow.start_run() as own:
        pass
    assert c.get_experiment("0").experiment_id == own.info.experiment_id
    print("tracking ok")
"""

REGISTRY = """
    from mlflow.exceptions import MlflowException

    def refused(call):
        try:
            call()
        except MlflowException as error:
            return error.error_code
        return ""

    r = c.create_run(c.create_experiment("models")).info
    source = r.artifact_uri + "/model"
    c.create_registered_model("m", tags={"a": "1"}, description="d")
    assert refused(lambda: c.create_registered_model("m")) == "RESOURCE_ALREADY_EXISTS"
    for i in range(5):
        v = c.create_model_version("m", source, r.run_id, tags={"i": str(i)}, description=f"v{i}")
        assert (v.version, v.status) == (str(i + 1), "READY")
    assert c.get_model_version_download_uri("m", "2") == source
    c.update_registered_model("m", "new"); c.update_model_version("m", "2", "second")
    assert (c.get_registered_model("m").description, c.get_model_version("m", "2").description) == ("new", "second")
    c.set_registered_model_tag("m", "b", "2"); c.delete_registered_model_tag("m", "a")
    c.set_model_version_tag("m", "2", "x", "y"); c.delete_model_version_tag("m", "2", "i")
    assert c.get_registered_model("m").tags == {"b": "2"} and c.get_model_version("m", "2").tags == {"x": "y"}
    c.set_registered_model_alias("m", "best", "3")
    assert c.get_model_version_by_alias("m", "best").version == "3"
    assert c.get_registered_model("m").aliases == {"best": "3"}
    c.set_registered_model_alias("m", "best", "4"); c.delete_registered_model_alias("m", "best")
    assert refused(lambda: c.get_model_version_by_alias("m", "best")) == "INVALID_PARAMETER_VALUE"
    found = c.search_model_versions("name = 'm'", max_results=2, order_by=["version_number ASC"])
    assert [x.version for x in found] == ["1", "2"] and found.token
    assert len(c.search_model_versions(f"run_id = '{r.run_id}'")) == 5
    for n in ("alpha", "beta"):
        c.create_registered_model(n)
    assert [x.name for x in c.search_registered_models("name LIKE '%a%'", order_by=["name ASC"])] == ["alpha", "beta"]
    assert [x.version for x in c.get_latest_versions("m", ["None"])] == ["5"]
    c.delete_model_version("m", "5")
    assert refused(lambda: c.get_model_version("m", "5")) == "RESOURCE_DOES_NOT_EXIST"
    c.rename_registered_model("m", "renamed")
    assert c.get_model_version("renamed", "1").version == "1"
    assert refused(lambda: c.get_registered_model("m")) == "RESOURCE_DOES_NOT_EXIST"
    copied = c.copy_model_version("models:/renamed/1", "alpha")
    assert (copied.name, copied.version) == ("alpha", "1")
    c.delete_registered_model("beta")
    assert refused(lambda: c.create_model_version("beta", source, r.run_id)) == "RESOURCE_DOES_NOT_EXIST"
    assert refused(lambda: c.create_model_version("alpha", "file:///etc")) == "INVALID_PARAMETER_VALUE"
    print("registry ok")
"""


def test_the_stock_client_works_through_the_door_as_mlflow_documents(people, stack, make_project):
    from registry.model_versions.models import ModelVersion, RegisteredModel

    project = make_project(items=0)
    stack.web()
    token = people.token("scientist")
    assert notebook(stack, token, project.pk, TRACKING) == "tracking ok"
    assert notebook(stack, token, project.pk, REGISTRY) == "registry ok"
    assert set(RegisteredModel.objects.values_list("name", flat=True)) == {"renamed", "alpha"}
    live = ModelVersion.objects.exclude(state="deleted").values_list("name", "version")
    assert sorted(live) == [("alpha", 1), *[("renamed", number) for number in range(1, 5)]]
