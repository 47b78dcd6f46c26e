"""A backend of a package of somebody else: it serves models of the flavor `brightness`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from registry.model_versions.models import ModelVersion
from registry.serving_backends.base import Arrays, LoadedModel, ModelFiles, ModelStats, ServingBackend, TensorSpec

FACTS = {"flavors": ["brightness"], "labels": ["dark", "light"], "image_size": 8}


class BrightnessBackend(ServingBackend):
    """Predicts `light` with the mean of all pixels as its probability."""

    key: ClassVar[str] = "brightness"

    def __init__(self) -> None:
        self.loaded: list[LoadedModel] = []
        self.call_count = 0

    def can_serve(self, facts: Mapping[str, Any]) -> bool:
        return "brightness" in facts.get("flavors", [])

    def fetch(self, version: ModelVersion, cache: Path) -> ModelFiles:
        return ModelFiles(cache, cache)  # its models are formulas

    def load(self, files: ModelFiles, *, threads: int = 1, timeout_seconds: float = 60) -> LoadedModel:
        model = LoadedModel([TensorSpec("pixels", (None, 8, 8, 3))], [TensorSpec("classes", (None, 2))])
        self.loaded.append(model)
        return model

    def predict(self, model: LoadedModel, inputs: Arrays, output_names: Sequence[str]) -> list[NDArray[Any]]:
        assert list(output_names) == ["classes"]
        self.call_count += 1
        light = inputs["pixels"].mean(axis=(1, 2, 3)) / 255
        return [np.stack([1 - light, light], axis=1)]

    def health(self, model: LoadedModel) -> str:
        return "" if model in self.loaded else "It is unloaded."

    def unload(self, model: LoadedModel) -> None:
        self.loaded.remove(model)

    def stats(self, model: LoadedModel) -> ModelStats:
        return ModelStats(call_count=self.call_count)
