"""Any version that can be run here, opened the same way: a graph of whomever, or what one of our recipes wrote."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from plateau.sandbox.process import GIB, SandboxedProcess, SandboxError
from registry.model_versions.files import UnsafeModel, fetch_folder
from registry.model_versions.models import ModelVersion
from registry.serving_backends.catalog import SERVING_BACKENDS
from workers.catalog import RECIPES
from workers.recipes.base import Example, Run, check_run
from workers.runtime.image_model import fetch_model

MEMORY = 24 * GIB  # address space, of which torch reserves much and uses little
FILE_BYTES = GIB
SECONDS = 3600.0


class Opened(Protocol):
    """A model that answers."""

    labels: list[str]

    def predict(self, examples: Sequence[Example], run: Run) -> Any:
        """What `Trained.predict` gives."""
        ...


class _FromRecipe:
    """What a recipe saved; read and asked by the same recipe, in a confined process."""

    def __init__(self, module: str, folder: Path, scratch: Path) -> None:
        """Open it.

        Raises:
            SandboxError: it cannot be opened.
        """
        self._scratch = scratch
        shutil.rmtree(scratch, ignore_errors=True)
        for part in ("cache", "items"):
            (scratch / part).mkdir(mode=0o700, parents=True)
        self._process = SandboxedProcess(
            read=[folder, scratch / "items"],
            write=[scratch / "cache"],
            memory=MEMORY,
            file_bytes=FILE_BYTES,
            threads=os.cpu_count() or 1,
        )
        given = {"module": module, "folder": str(folder.resolve()), "cache": str((scratch / "cache").resolve())}
        try:
            self.labels: list[str] = self._call("load", given)[0]
        except SandboxError:
            self._process.close()
            raise

    def _call(self, name: str, arguments: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        command = {"do": "call", "function": f"workers.runtime.sandboxed_recipe:{name}", "arguments": arguments}
        reply, arrays = self._process.ask(command, seconds=SECONDS)
        return reply["result"], arrays

    def predict(self, examples: Sequence[Example], run: Run) -> Any:
        """What the recipe's model answers."""
        check_run(run)
        given = [{"key": one.key, "path": self._shown(one), "text": one.text, "row": one.row} for one in examples]
        told, arrays = self._call("predict", {"examples": given})
        return arrays["found"] if told is None else told

    def _shown(self, example: Example) -> str:
        """Where the process finds the picture: it sees those that it is asked about, and no other."""
        if example.path == Path():
            return ""
        place = self._scratch / "items" / example.path.name
        if not place.exists():
            try:
                os.link(example.path, place)
            except OSError:
                shutil.copy(example.path, place)
        return str(place.resolve())


def open_model(version: ModelVersion, cache: Path) -> Opened:
    """Bring a version's files here and open them.

    Raises:
        UnsafeModel: its files are not fit to be opened, or nothing here knows how to run it.
    """
    if SERVING_BACKENDS.find(version) and "plateau" not in version.facts["flavors"]:
        return fetch_model(version, cache)
    if not version.is_evaluable:
        raise UnsafeModel("Only ONNX models of pictures and models that a recipe of ours wrote are run here.")
    home, card = fetch_folder(version, cache)
    flavors = card.get("flavors") if isinstance(card, dict) else None
    flavor = flavors.get("plateau") if isinstance(flavors, dict) else None
    flavor = flavor if isinstance(flavor, dict) else {}
    recipe, data = str(flavor.get("recipe", "")), PurePosixPath(str(flavor.get("data", "")))
    if recipe not in RECIPES or data.is_absolute() or ".." in data.parts or not (home / data).is_dir():
        raise UnsafeModel("The card names no recipe that is known here, or a folder that is not there.")
    scratch = cache / "confined" / f"{version.pk}-{os.getpid()}"
    try:
        return _FromRecipe(RECIPES[recipe].module, home / data, scratch)
    except SandboxError as error:
        raise UnsafeModel(f"The files are not what {recipe} writes: {error.kind}: {error}"[:300]) from error
