"""Registered versions as predictors: an ONNX graph from anywhere, or a model that one of the recipes here saved."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from plateau.sandbox.process import GIB, SandboxedProcess, SandboxError
from registry.model_versions.files import UnsafeModel, fetch_folder
from registry.model_versions.models import ModelVersion
from registry.serving_backends.catalog import SERVING_BACKENDS
from workers.catalog import RECIPES
from workers.recipes.base import Example, Run
from workers.runtime.image_predictor import load_image_predictor

MEMORY_BYTES = 24 * GIB  # address space, of which torch reserves much and uses little
FILE_BYTES = GIB
TIMEOUT_SECONDS = 3600.0


class Predictor(Protocol):
    """A model that predicts examples, wherever its code runs."""

    labels: list[str]

    def predict(self, examples: Sequence[Example], run: Run) -> Any:
        """Predict as `TrainedModel.predict` does."""
        ...


class SandboxedRecipeModel:
    """A model that a recipe saved, loaded and run by the same recipe in a sandboxed process."""

    def __init__(self, module: str, folder: Path, scratch: Path) -> None:
        """Load it.

        Args:
            module: The recipe's module.
            folder: What the recipe saved.
            scratch: A folder of its own, which is emptied first.

        Raises:
            SandboxError: it cannot be loaded.
        """
        self._scratch = scratch
        shutil.rmtree(scratch, ignore_errors=True)
        for name in ("cache", "items"):
            (scratch / name).mkdir(mode=0o700, parents=True)
        self._process = SandboxedProcess(
            read=[folder, scratch / "items"],
            write=[scratch / "cache"],
            memory=MEMORY_BYTES,
            file_bytes=FILE_BYTES,
            threads=os.cpu_count() or 1,
        )
        arguments = {"module": module, "folder": str(folder.resolve()), "cache": str((scratch / "cache").resolve())}
        try:
            self.labels: list[str] = self._call("load", arguments)[0]
        except SandboxError:
            self._process.close()
            raise

    def _call(self, name: str, arguments: Mapping[str, object]) -> tuple[Any, dict[str, Any]]:
        command = {"do": "call", "function": f"workers.runtime.sandboxed_recipe:{name}", "arguments": arguments}
        reply, arrays = self._process.ask(command, seconds=TIMEOUT_SECONDS)
        return reply["result"], arrays

    def predict(self, examples: Sequence[Example], run: Run) -> Any:
        """Predict as `TrainedModel.predict` does."""
        run.raise_if_stopped()
        payload = [
            {"key": example.key, "path": self._link(example), "text": example.text, "row": example.row}
            for example in examples
        ]
        annotations, arrays = self._call("predict", {"examples": payload})
        return arrays["predictions"] if annotations is None else annotations

    def _link(self, example: Example) -> str:
        """The image's path in the sandbox, which sees the images it predicts and no others."""
        if example.path == Path():
            return ""
        path = self._scratch / "items" / example.path.name
        if not path.exists():
            try:
                os.link(example.path, path)
            except OSError:
                shutil.copy(example.path, path)
        return str(path.resolve())


def load_predictor(version: ModelVersion, cache: Path) -> Predictor:
    """Fetch a version's files and load them.

    Raises:
        UnsafeModel: its files are not safe to load, or nothing here can run it.
    """
    if SERVING_BACKENDS.find(version) and "plateau" not in version.facts["flavors"]:
        return load_image_predictor(version, cache)
    if not version.is_evaluable:
        raise UnsafeModel("Only ONNX models of pictures and models that a recipe of ours wrote are run here.")
    folder, metadata = fetch_folder(version, cache)
    flavors = metadata.get("flavors") if isinstance(metadata, dict) else None
    flavor = flavors.get("plateau") if isinstance(flavors, dict) else None
    flavor = flavor if isinstance(flavor, dict) else {}
    recipe, data = str(flavor.get("recipe", "")), PurePosixPath(str(flavor.get("data", "")))
    if recipe not in RECIPES or data.is_absolute() or ".." in data.parts or not (folder / data).is_dir():
        raise UnsafeModel("The MLmodel file names a recipe that is not installed here, or a missing folder.")
    scratch = cache / "sandbox" / f"{version.pk}-{os.getpid()}"
    try:
        return SandboxedRecipeModel(RECIPES[recipe].module, folder / data, scratch)
    except SandboxError as error:
        raise UnsafeModel(f"The files are not what {recipe} writes: {error.kind}: {error}"[:300]) from error
