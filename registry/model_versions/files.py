"""A version's files, brought to local disk and looked at before anything opens them."""

import os
import shutil
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from django.core.files.storage import default_storage

from plateau.sandbox.process import SandboxError, call
from registry.model_versions.artifact_paths import stored_folder
from registry.model_versions.errors import FilesChanged
from registry.model_versions.hashes import check_folder, stored_files
from registry.model_versions.models import ModelVersion

MAX_BYTES = 2 * 1024**3
MAX_FILES = 200


class UnsafeModel(Exception):
    """A model's files that nothing here will open; the message says why."""


def onnx_file(mlmodel: object, file_names: set[str]) -> str:
    """The name of the graph that an `MLmodel` card points at.

    Args:
        card: What the `MLmodel` file says.
        there: Names of the files beside it.

    Raises:
        UnsafeModel: it is not ONNX, or the name leads out of the folder.
    """
    flavors = mlmodel.get("flavors") if isinstance(mlmodel, dict) else None
    flavor = flavors.get("onnx") if isinstance(flavors, dict) else None
    if not isinstance(flavor, dict):
        raise UnsafeModel("Only ONNX models are run here: other formats run code of whoever made them.")
    name = str(flavor.get("data", ""))
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or name not in file_names:
        raise UnsafeModel("The card names a file that is not in the model's folder.")
    return name


def check_onnx(path: Path, folder: Path) -> None:
    """Read a graph without running it, in a confined process: parsers have faults, too.

    Raises:
        UnsafeModel: it is no ONNX, keeps weights outside its folder, or asks for code of others.
    """
    arguments = {"path": str(path.resolve()), "folder": str(folder.resolve())}
    try:
        problem = call("registry.model_versions.graphs:problem_of", arguments, read=[folder])
    except SandboxError as error:
        raise UnsafeModel(f"The graph cannot be read: {error}"[:300]) from error
    if problem:
        raise UnsafeModel(problem)


def fetch_onnx(version: ModelVersion, cache: Path) -> Path:
    """The version's graph on local disk, checked; fetched once.

    Raises:
        UnsafeModel: see `onnx_file` and `check_onnx`; or the files are missing or too many.
    """
    home, mlmodel = fetch_folder(version, cache)
    file_names = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file() and not path.is_symlink()}
    graph = home / onnx_file(mlmodel, file_names)
    check_onnx(graph, home)
    return graph


def local_folder(version: ModelVersion, cache: Path) -> Path:
    """Where a version's files lie on local disk."""
    return cache / "models" / f"{version.project_id}-{version.pk}"


def fetch_folder(version: ModelVersion, cache: Path) -> tuple[Path, Any]:
    """The version's folder on local disk and its `MLmodel` card; fetched once, compared every time.

    Raises:
        UnsafeModel: the files are missing or too many, or the card is unreadable.
        FilesChanged: they are not those that were registered.
    """
    home = local_folder(version, cache)
    if not _is_cached(version, home):
        _copy(version, home)
    try:
        mlmodel = yaml.safe_load((home / "MLmodel").read_text())
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise UnsafeModel("The model has no readable MLmodel file.") from error
    return home, mlmodel


def _is_cached(version: ModelVersion, home: Path) -> bool:
    """Whether the folder lies here already, as it was registered."""
    if not (home / "MLmodel").is_file():
        return False
    try:
        check_folder(version, home)
    except FilesChanged:
        return False  # a copy of before, or spoiled here: it is fetched again
    return True


def _copy(version: ModelVersion, home: Path) -> None:
    folder = stored_folder(version)
    if not folder:
        raise UnsafeModel("The version's files are not in this platform's storage.")
    draft = home.with_name(f"{home.name}.{os.getpid()}.tmp")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        copy_folder(folder, draft)
        check_folder(version, draft)
        shutil.rmtree(home, ignore_errors=True)
        draft.rename(home)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def copy_folder(folder: str, target: Path) -> None:
    """Copy a folder of the storage.

    Raises:
        UnsafeModel: it holds too much, or nothing.
    """
    remaining_bytes, file_count = MAX_BYTES, 0
    try:
        for relative_path, key in stored_files(folder):
            file_count, remaining_bytes = file_count + 1, remaining_bytes - default_storage.size(key)
            if file_count > MAX_FILES or remaining_bytes < 0:
                raise UnsafeModel("The model has too many files, or is larger than 2 GiB.")
            path = target / relative_path
            path.parent.mkdir(parents=True, exist_ok=True)
            with default_storage.open(key) as file, path.open("wb") as out:
                shutil.copyfileobj(file, out, 1024 * 1024)
    except FileNotFoundError as error:
        raise UnsafeModel("The version's files are gone from the storage.") from error
    if not file_count:
        raise UnsafeModel("The version has no files.")
