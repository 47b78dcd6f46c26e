"""Every source of a version means one folder, which lives as long as any version needs it."""

import json
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from registry.mlflow_proxy.tests.test_proxy import call
from registry.mlflow_store.models import TrackedVersion
from registry.mlflow_store.store import registry_store, tracking_store
from registry.model_versions.artifact_cleanup import delete_unused_artifacts
from registry.model_versions.mlflow_sync import sync_model
from registry.model_versions.models import ModelVersion
from registry.serving_backends.catalog import SERVING_BACKENDS

pytestmark = pytest.mark.django_db
CARD = b"""
flavors: {onnx: {data: model.onnx}}
metadata: {labels: [apple, pear], image_size: 8}
"""


class Project:
    """A project with a run, a folder of the run, and a logged model of the same name."""

    def __init__(self, pk: int, token: str) -> None:
        self.pk, self.token = pk, token
        with tracking_store(pk) as store:
            experiment = store.create_experiment(f"e-{pk}")
            run = store.create_run(experiment, "x", 0, [], "run").info
            model = store.create_logged_model(experiment, name="model", source_run_id=run.run_id)
        self.run, self.model = run.run_id, model.model_id
        self.run_folder, self.model_folder = (
            self.folder(run.artifact_uri) + "/model",
            self.folder(model.artifact_location),
        )
        with registry_store(pk) as store:
            for name in ("dev", "prod"):
                store.create_registered_model(name)

    @staticmethod
    def folder(uri: str) -> str:
        return "mlflow/" + uri.removeprefix("mlflow-artifacts:").lstrip("/")

    def write(self, folder: str, graph: bytes) -> None:
        for name, data in (("MLmodel", CARD), ("model.onnx", graph)):
            default_storage.save(f"{folder}/{name}", ContentFile(data))

    def register(self, name: str, source: str, **ids: str) -> ModelVersion:
        """As MLflow does with what the proxy hands on."""
        path = f"/mlflow/project-{self.pk}/api/2.0/mlflow/model-versions/create"
        passed = call("POST", path, self.token, {"name": name, "source": source} | ids)
        assert isinstance(passed, dict), passed
        body = json.loads(passed["wsgi.input"].read())
        with registry_store(self.pk) as store:
            store.create_model_version(
                body["name"], body["source"], run_id=body.get("run_id"), model_id=body.get("model_id")
            )
        sync_model(self.pk, name)
        return ModelVersion.objects.filter(project=self.pk, name=name).latest("version")


@pytest.fixture
def project(people, make_project, mlflow_tables):
    return Project(make_project(items=0).pk, people.token("scientist"))


def location(version: ModelVersion) -> str:
    """What MLflow tells its client."""
    row = TrackedVersion.objects.get(
        name=version.name, version=version.version, workspace=f"project-{version.project_id}"
    )
    return row.storage_location or ""


@pytest.mark.parametrize("has_model", [True, False])
def test_a_runs_source_is_the_one_folder_that_it_means_now(project, has_model):
    """The client merges both folders whenever it loads: one good, one not, would be a third."""
    project.write(project.run_folder, b"of the run")
    if has_model:
        project.write(project.model_folder, b"of the model")
    version = project.register("dev", f"runs:/{project.run}/model", run_id=project.run)
    expected = project.model_folder if has_model else project.run_folder
    assert version.facts["folder"] == expected
    assert project.folder(location(version)) == expected
    assert [path for path in version.artifact_paths if not path.endswith("/")] == [expected]
    assert version.mlflow_run_id == project.run


@pytest.mark.parametrize(
    "source", ["models:/dev/1", "models:/dev@best", "models:/dev/latest", "models:/{model}", "runs:/{run}/model"]
)
def test_a_copy_lives_and_keeps_its_files_without_its_origin(project, source):
    project.write(project.model_folder, b"graph")
    origin = project.register("dev", f"models:/{project.model}", model_id=project.model, run_id=project.run)
    with registry_store(project.pk) as store:
        store.set_registered_model_alias("dev", "best", "1")
    if source.startswith("models:/dev"):  # MLflow's handler resolves names before its store takes them
        source = "models:/dev/1"
    ids = {"run_id": project.run} if source.startswith("runs") else {}
    copy = project.register("prod", source.format(model=project.model, run=project.run), **ids)
    assert copy.facts["flavors"] == ["onnx"]
    assert copy.is_evaluable
    assert copy.output_kind
    assert SERVING_BACKENDS.find(copy) is not None
    assert (copy.facts["folder"], copy.content_hash) == (origin.facts["folder"], origin.content_hash)
    assert len(copy.content_hash) == 64
    # The origin goes, with its run, and everything is swept that nobody needs.
    with registry_store(project.pk) as store:
        store.delete_model_version("dev", "1")
    with tracking_store(project.pk) as store:
        store.delete_run(project.run)
    sync_model(project.pk, "dev")
    long_ago = timezone.now() - timedelta(days=30)
    ModelVersion.objects.filter(pk=origin.pk).update(deleted_at=long_ago)
    assert delete_unused_artifacts(days=0).file_count == 0
    assert default_storage.open(f"{copy.facts['folder']}/model.onnx").read() == b"graph"
    with registry_store(project.pk) as store:
        store.delete_model_version("prod", "1")
    sync_model(project.pk, "prod")
    ModelVersion.objects.filter(pk=copy.pk).update(deleted_at=long_ago)
    assert delete_unused_artifacts(days=0).file_count == 2


def test_a_logged_model_that_would_add_to_a_source_of_an_earlier_release_is_refused(project):
    with registry_store(project.pk) as store:
        store.create_model_version("dev", f"runs:/{project.run}/other", run_id=project.run)
    path = f"/mlflow/project-{project.pk}/api/2.0/mlflow/logged-models"
    body = {"experiment_id": "0", "name": "other", "source_run_id": project.run}
    assert call("POST", path, project.token, body) == (409, "INVALID_STATE")
    assert isinstance(call("POST", path, project.token, body | {"name": "third"}), dict)
