"""Nothing changes the files of a registered version, in a folder or a bucket, and nothing hands out changed ones."""

import io
from pathlib import Path

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from plateau.storage.guarded import writing
from registry.mlflow_store.artifacts import guarded
from registry.mlflow_store.server import artifact_destination
from registry.mlflow_store.store import registry_store, tracking_store
from registry.model_versions.errors import FilesChanged, FilesRegistered
from registry.model_versions.exports import check_export
from registry.model_versions.mlflow_sync import sync_model
from registry.model_versions.models import BrowserExport, ModelVersion
from registry.model_versions.tests.factories import BrowserExportFactory
from registry.tracked_runs.artifacts import open_artifact

pytestmark = pytest.mark.django_db
FILES = {"MLmodel": b"flavors: {onnx: {data: model.onnx}}\n", "model.onnx": b"first", "data/w.bin": b"weights"}


@pytest.fixture(params=["folder", "bucket"])
def storage(request, settings):
    if request.param == "bucket":
        address = request.getfixturevalue("s3_server")
        settings.STORAGES = settings.STORAGES | {
            "default": {
                "BACKEND": "plateau.storage.guarded_bucket.GuardedBucket",
                "OPTIONS": {"bucket_name": "plateau", "endpoint_url": address, "file_overwrite": True},
            }
        }
        settings.STORAGE_URL = "s3://plateau"
        request.getfixturevalue("monkeypatch").setenv("MLFLOW_S3_ENDPOINT_URL", address)
    return request.param


@pytest.fixture
def repository(storage):
    """What MLflow's server writes its artifacts through."""
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    return guarded(get_artifact_repository(artifact_destination()))


@pytest.fixture
def version(repository, make_project, mlflow_tables, tmp_path):
    project = make_project(items=0)
    with tracking_store(project.pk) as store:
        experiment = store.create_experiment(f"e-{project.pk}")
        run = store.create_run(experiment, "x", 0, [], "run").info.run_id
        model = store.create_logged_model(experiment, name="model", source_run_id=run)
    folder = model.artifact_location.removeprefix("mlflow-artifacts:").lstrip("/")
    for name, data in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        repository.log_artifact(str(path), str(Path(folder, name).parent))
    with registry_store(project.pk) as store:
        store.create_registered_model("m")
        store.create_model_version("m", f"models:/{model.model_id}", run_id=run, model_id=model.model_id)
    sync_model(project.pk, "m")
    version = ModelVersion.objects.get(project=project)
    assert (version.facts["folder"], version.files.count()) == (f"mlflow/{folder}", 3)
    assert len(version.content_hash) == 64
    return version


def swap(key: str, data: bytes) -> None:
    """As somebody does who can write to the folder or the bucket."""
    if hasattr(default_storage, "bucket"):
        client = boto3.client("s3", endpoint_url=default_storage.endpoint_url)
        client.put_object(Bucket="plateau", Key=key, Body=data)
    else:
        Path(default_storage.path(key)).write_bytes(data)


def content_of(version: ModelVersion) -> dict[str, bytes]:
    return {name: default_storage.open(f"{version.facts['folder']}/{name}").read() for name in FILES}


def test_no_door_writes_to_files_of_a_registered_version(repository, version, tmp_path):
    key = version.facts["folder"]
    home = key.removeprefix("mlflow/")
    parent = home.rpartition("/")[0]
    other = tmp_path / "model.onnx"
    other.write_bytes(b"second")
    doors = {
        "overwrite": lambda: default_storage.save(f"{key}/model.onnx", ContentFile(b"second")),
        "add": lambda: default_storage.save(f"{key}/deep/new", ContentFile(b"second")),
        "in place of the folder": lambda: default_storage.save(key, ContentFile(b"second")),
        "delete": lambda: default_storage.delete(f"{key}/model.onnx"),
        "delete the folder": lambda: default_storage.delete(key),
        "mlflow": lambda: repository.log_artifact(str(other), home),
        "mlflow, a folder": lambda: repository.log_artifacts(str(tmp_path), home),
        "mlflow, above": lambda: repository.log_artifacts(str(tmp_path), parent),
        "mlflow, delete a file": lambda: repository.delete_artifacts(f"{home}/model.onnx"),
        "mlflow, delete all": lambda: repository.delete_artifacts(f"workspaces/project-{version.project_id}"),
        "mlflow, delete the folder": lambda: repository.delete_artifacts(home),
    }
    if hasattr(repository, "log_artifact_from_stream"):
        doors["mlflow, a stream"] = lambda: repository.log_artifact_from_stream(io.BytesIO(b"2"), "model.onnx", home)
    for name, write in doors.items():
        with pytest.raises(FilesRegistered):
            write()
        assert content_of(version) == FILES, name
    for way in ("create_multipart_upload", "complete_multipart_upload", "create_presigned_upload_url"):
        with pytest.raises(NotImplementedError):
            getattr(repository, way)("model.onnx")
    with pytest.raises(ValueError, match="written by `save`"):
        default_storage.open(f"{key}/model.onnx", "wb")
    # Beside them everybody writes as before, and once the version is deleted they are anybody's.
    repository.log_artifact(str(other), f"{parent}/elsewhere")
    ModelVersion.objects.filter(pk=version.pk).update(state="deleted")
    with registry_store(version.project_id) as store:
        store.delete_model_version("m", "1")
    repository.log_artifact(str(other), home)
    assert content_of(version)["model.onnx"] == b"second"


def test_every_method_of_mlflows_repositories_that_writes_is_guarded(repository):
    """A release that brings another way to write fails here until it is guarded."""
    from mlflow.store.artifact.artifact_repo import ArtifactRepository, StreamUploadMixin

    known = {
        # guarded, or made of what is
        "log_artifact", "log_artifacts", "delete_artifacts", "log_artifact_from_stream", "_publish_staged_artifact",
        "log_artifact_from_async_stream", "_log_artifact_async", "_write_to_destination_path",
        "create_multipart_upload", "complete_multipart_upload", "create_presigned_upload_url",
        # of traces, which are not offered
        "upload_trace_data", "upload_archived_trace_data", "upload_archived_trace_data_bytes", "upload_attachment",
        # of files that have no name of an artifact yet, or of nothing at all
        "abort_multipart_upload", "_create_staging_artifact", "_cleanup_staged_artifact", "flush_async_logging",
        "_upload_file", "get_s3_file_upload_extra_args",
    }  # fmt: skip
    writes = ("log", "upload", "write", "delete", "create_", "publish", "staged", "staging", "put", "copy", "move")
    bases = {*type(repository).__mro__, ArtifactRepository, StreamUploadMixin}
    names = {name for base in bases if base.__module__.startswith("mlflow") for name in vars(base)}
    found = {name for name in names if any(word in name for word in writes) and not name.startswith("__")}
    harmless = {"_create_thread_pool", "_create_download_destination", "_get_or_create_artifact_dir"}
    assert found - known - harmless == set()


def test_what_was_swapped_in_the_storage_itself_is_handed_out_to_nobody(repository, version, tmp_path):
    key = version.facts["folder"]
    home = key.removeprefix("mlflow/")

    def load(name: str) -> bytes:
        """As MLflow answers a download."""
        path = repository.get_local_path(f"{home}/{name}")
        path = path or repository.download_artifacts(f"{home}/{name}", str(tmp_path))
        return Path(path).read_bytes()

    run = version.mlflow_run_id
    from registry.mlflow_store.models import TrackedLoggedModel, TrackedRun

    model = TrackedLoggedModel.objects.get(source_run_id=run).pk
    page = TrackedRun.objects.select_related("experiment").get(pk=run)
    assert {name: load(name) for name in FILES} == FILES
    assert open_artifact(page, f"@{model}/model.onnx")[0].read() == b"first"
    for name, data in (("model.onnx", b"fixed"), ("added.bin", b"x"), ("data/w.bin", b"weight2")):
        swap(f"{key}/{name}", data)
        with pytest.raises(FilesChanged) as error:
            load(name)
        assert name in str(error.value.detail)
        with pytest.raises(FilesChanged):
            open_artifact(page, f"@{model}/{name}")
    assert load("MLmodel") == FILES["MLmodel"]
    swap(f"{key}/model.onnx", b"first")
    assert load("model.onnx") == b"first"


def test_an_export_is_what_the_worker_wrote(storage, version):
    export = BrowserExportFactory(version=version)
    check_export(export)  # of an earlier release
    with default_storage.open(export.storage_key) as file:
        import hashlib

        BrowserExport.objects.update(sha256=hashlib.sha256(file.read()).hexdigest())
    export.refresh_from_db()
    check_export(export)
    swap(export.storage_key, b"another")
    with pytest.raises(FilesChanged):
        check_export(export)


def test_a_guard_that_refuses_lets_the_others_go(version):
    with pytest.raises(FilesRegistered), writing(f"{version.facts['folder']}/x"):
        raise AssertionError("not reached")
    with writing("elsewhere/x"):
        pass
