"""What a version's files were when it was registered, and that nothing else is loaded."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, default_storage

from registry.mlflow_store.store import registry_store, tracking_store
from registry.model_versions import hashes
from registry.model_versions.artifact_paths import version_holding
from registry.model_versions.errors import FilesChanged
from registry.model_versions.files import UnsafeModel, fetch_folder
from registry.model_versions.mlflow_sync import sync_differing_models, sync_model
from registry.model_versions.models import ModelFile, ModelVersion
from registry.model_versions.tests.factories import ModelVersionFactory

pytestmark = pytest.mark.django_db
CARD = b"flavors: {onnx: {data: model.onnx}}\n"


def write(key: str, data: bytes) -> None:
    """Past the storage's guard, as somebody does who can write to its folder."""
    path = Path(default_storage.path(key))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.fixture
def registered(make_project, mlflow_tables):
    """A version whose files are a card, a graph, weights in a folder and an empty file."""
    project = make_project(items=0)
    with tracking_store(project.pk) as store:
        experiment = store.create_experiment(f"e-{project.pk}")
        model = store.create_logged_model(experiment, name="model")
    folder = "mlflow/" + model.artifact_location.removeprefix("mlflow-artifacts:").lstrip("/")
    for name, data in (("MLmodel", CARD), ("model.onnx", b"graph"), ("data/w.bin", b"weights"), ("empty", b"")):
        write(f"{folder}/{name}", data)
    with registry_store(project.pk) as store:
        store.create_registered_model("m")
        store.create_model_version("m", f"models:/{model.model_id}", model_id=model.model_id)
    sync_model(project.pk, "m")
    version = ModelVersion.objects.get(project=project)
    assert version.facts["folder"] == folder
    return version


def forget(version: ModelVersion) -> ModelVersion:
    """As a release that knew no hashes left it."""
    ModelFile.objects.filter(version=version).delete()
    ModelVersion.objects.filter(pk=version.pk).update(content_hash="", artifact_paths=None)
    return ModelVersion.objects.get(pk=version.pk)


def test_the_hash_is_of_every_file_and_of_nothing_else(registered):
    files = {file.path: (file.size_bytes, file.sha256) for file in registered.files.all()}
    expected = {"MLmodel": CARD, "model.onnx": b"graph", "data/w.bin": b"weights", "empty": b""}
    assert files == {path: (len(data), hashlib.sha256(data).hexdigest()) for path, data in expected.items()}
    whole = hashlib.sha256()
    for path in ("MLmodel", "data/w.bin", "empty", "model.onnx"):  # by bytes: capitals first
        whole.update(path.encode() + b"\0" + hashlib.sha256(expected[path]).digest())
    assert registered.content_hash == whole.hexdigest()
    sync_model(registered.project_id, "m")  # once more changes nothing
    assert ModelFile.objects.filter(version=registered).count() == 4


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("model.onnx", b"grapH", "model.onnx was changed"),
        ("MLmodel", CARD + b"x: 1\n", "MLmodel was changed"),
        ("data/w.bin", b"", "data/w.bin was changed"),
        ("empty", b"x", "empty was changed"),
        ("data/more.bin", b"x", "data/more.bin was added"),
        ("zero", b"", "zero was added"),
        ("data/w.bin", None, "data/w.bin is missing"),
        ("empty", None, "empty is missing"),
    ],
)
def test_files_that_were_changed_are_not_loaded(registered, tmp_path, name, data, what):
    folder, _ = fetch_folder(registered, tmp_path / "one")
    key = f"{registered.facts['folder']}/{name}"
    if data is None:
        Path(default_storage.path(key)).unlink()
    else:
        write(key, data)
    with pytest.raises(FilesChanged) as refused:
        fetch_folder(registered, tmp_path / "two")
    assert f"m version 1 differ from those that were registered: {what}." in str(refused.value)
    assert refused.value.extra == {"model": "m", "version": 1, "file": name}
    assert list((tmp_path / "two" / "models").iterdir()) == []  # not a trace for anybody to open
    # A host that fetched them before goes on with what was registered.
    again, _ = fetch_folder(registered, tmp_path / "one")
    assert (again, (again / "model.onnx").read_bytes()) == (folder, b"graph")


def test_a_file_that_moved_within_the_folder_is_noticed(registered, tmp_path):
    folder = registered.facts["folder"]
    Path(default_storage.path(f"{folder}/data/w.bin")).unlink()
    write(f"{folder}/w.bin", b"weights")
    with pytest.raises(FilesChanged, match=r"data/w\.bin is missing"):
        fetch_folder(registered, tmp_path)


@pytest.mark.parametrize("spoiled", ["model.onnx", "data/more.bin"])
def test_a_copy_that_was_spoiled_on_this_host_is_fetched_again(registered, tmp_path, spoiled):
    home, _ = fetch_folder(registered, tmp_path)
    (home / spoiled).write_bytes(b"something else")
    home, _ = fetch_folder(registered, tmp_path)
    assert (home / "model.onnx").read_bytes() == b"graph"
    assert not (home / "data" / "more.bin").exists()


def test_versions_of_an_earlier_release_get_places_and_hashes_by_the_clock(registered, tmp_path):
    known = registered.content_hash
    version = forget(registered)
    # MLflow knows them: their files are held before anything of ours is caught up.
    assert version_holding(version.project_id, f"{version.facts['folder']}/model.onnx") == ("m", 1)
    assert (sync_differing_models(), hashes.record_missing_hashes()) == (1, 1)
    version.refresh_from_db()
    assert (version.content_hash, bool(version.artifact_paths)) == (known, True)
    assert (sync_differing_models(), hashes.record_missing_hashes()) == (0, 0)
    write(f"{version.facts['folder']}/model.onnx", b"other")
    with pytest.raises(FilesChanged):
        fetch_folder(version, tmp_path)


def test_whoever_loads_an_earlier_version_first_records_what_the_storage_holds(registered, tmp_path):
    home, _ = fetch_folder(registered, tmp_path)
    version = forget(registered)
    write(f"{version.facts['folder']}/model.onnx", b"of then")  # before hashes; the copy here is of before that
    home, _ = fetch_folder(version, tmp_path)
    assert (home / "model.onnx").read_bytes() == b"of then"
    assert ModelVersion.objects.get(pk=version.pk).content_hash == version.content_hash != ""


def test_large_folders_are_hashed_by_the_task(registered, monkeypatch):
    monkeypatch.setattr(hashes, "MAX_IMMEDIATE_BYTES", 10)
    folder = registered.facts["folder"]
    assert not hashes.is_small(folder)
    with registry_store(registered.project_id) as store:
        store.create_model_version("m", registered.source)
    sync_model(registered.project_id, "m")
    second = ModelVersion.objects.get(version=2)
    assert (second.content_hash, version_holding(second.project_id, folder)) == ("", ("m", 1))
    assert hashes.record_missing_hashes() == 1
    second.refresh_from_db()
    assert second.content_hash == registered.content_hash


def test_a_storage_that_is_not_mounted_is_not_taken_for_a_model_without_files(registered, tmp_path, settings):
    version = forget(registered)
    there = settings.STORAGES
    settings.STORAGES = there | {
        "default": {"BACKEND": there["default"]["BACKEND"], "OPTIONS": {"location": str(tmp_path / "empty")}}
    }
    assert hashes.record_missing_hashes() == 0
    with pytest.raises(UnsafeModel, match="gone from the storage"):
        fetch_folder(version, tmp_path)
    settings.STORAGES = there
    assert hashes.record_missing_hashes() == 1
    fetch_folder(version, tmp_path)


class Away(FileSystemStorage):
    """It can be listed, and files of one version cannot be read; the error is of no kind that Python knows."""

    broken = ""

    def _open(self, name, mode="rb"):
        if self.broken and str(name).startswith(self.broken):
            raise LookupError("SlowDown")
        return super()._open(name, mode)


def test_a_version_that_cannot_be_read_keeps_no_other_waiting(registered, settings, monkeypatch):
    folder = registered.facts["folder"]
    other_folder = f"{folder.rsplit('/', 1)[0]}/other"
    write(f"{other_folder}/MLmodel", CARD)
    rows = [forget(registered)]
    rows += [
        ModelVersionFactory(project=registered.project, snapshot=None, name="n", facts={"folder": other_folder})
        for _ in range(3)
    ]
    location = default_storage.location
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": f"{__name__}.Away", "OPTIONS": {"location": location}}
    }
    monkeypatch.setattr(Away, "broken", f"{folder}/")
    assert hashes.record_missing_hashes() == 3
    assert list(ModelVersion.objects.filter(content_hash="").values_list("pk", flat=True)) == [registered.pk]


def test_recorded_rows_that_were_tampered_with_are_noticed(registered, tmp_path):
    """Who changes a file and its row, but not the hash over all of them."""
    write(f"{registered.facts['folder']}/model.onnx", b"other")
    registered.files.filter(path="model.onnx").update(sha256=hashlib.sha256(b"other").hexdigest())
    with pytest.raises(FilesChanged, match="are inconsistent"):
        fetch_folder(registered, tmp_path)


def test_a_version_that_mlflow_deleted_lets_go_of_its_files(registered):
    key = f"{registered.facts['folder']}/model.onnx"
    with registry_store(registered.project_id) as store:
        store.delete_model_version("m", "1")
    sync_model(registered.project_id, "m")
    assert version_holding(registered.project_id, key) is None


def test_a_storage_that_fails_right_after_the_registration_fails_no_registration(registered, settings, monkeypatch):
    """MLflow has the version by then, and the client would register it again."""
    location = default_storage.location
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": f"{__name__}.Away", "OPTIONS": {"location": location}}
    }
    with registry_store(registered.project_id) as store:
        store.create_model_version("m", registered.source)
    monkeypatch.setattr(Away, "broken", f"{registered.facts['folder']}/model.onnx")
    sync_model(registered.project_id, "m")
    second = ModelVersion.objects.get(version=2)
    assert second.content_hash == ""
    monkeypatch.setattr(Away, "broken", "")
    assert hashes.record_missing_hashes() == 1
