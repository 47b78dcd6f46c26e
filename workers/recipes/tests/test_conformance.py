"""One suite over the whole catalogue: a recipe is tested by being listed."""

import importlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from workers.catalog import CARDS, complete_params
from workers.recipes.base import Example, Stopped, read_rgb

RECIPES = sorted(CARDS)
QUICK = {"image_cnn": {"epochs": 4, "side": 16, "width": 8}}
LABELS = ["dark", "light", "never"]


@dataclass
class Recorder:
    workdir: Path
    cache: Path
    seed: int = 0
    device: str = "cpu"
    stop_after: int = 10**9
    steps: list = field(default_factory=list)

    def log(self, step: int, total: int, **values: float) -> None:
        self.steps.append((step, total, values))

    def stop_requested(self) -> bool:
        return len(self.steps) >= self.stop_after


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def examples(tmp_path_factory) -> list[Example]:
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    made = []
    for index in range(40):
        dark = index % 2 == 0
        pixels = rng.integers(0, 90, (32, 32, 3)) + (0 if dark else 150)
        path = folder / f"{index}.png"
        Image.fromarray(pixels.astype("uint8")).save(path)
        made.append(Example(f"toy{index:060d}", path, "dark" if dark else "light"))
    return made


def run_in(tmp_path: Path, cache: Path, name: str = "work", **options) -> Recorder:
    workdir = tmp_path / name
    workdir.mkdir(exist_ok=True)
    return Recorder(workdir, cache, **options)


def recipe(key: str):
    return importlib.import_module(CARDS[key].module), complete_params(CARDS[key], QUICK.get(key, {}))


@pytest.mark.parametrize("key", RECIPES)
def test_learns_predicts_saves_loads_and_exports_the_same(key, examples, cache, tmp_path):
    module, params = recipe(key)
    trained = module.fit(examples[:30], LABELS, params, run_in(tmp_path, cache))
    found = trained.predict(examples[30:])
    assert found.shape == (10, 3)
    assert np.allclose(found.sum(axis=1), 1)
    truth = [LABELS.index(one.label) for one in examples[30:]]
    assert (found.argmax(axis=1) == truth).mean() >= 0.9
    folder = tmp_path / "saved"
    folder.mkdir()
    trained.save(folder)
    assert np.allclose(module.load(folder, cache).predict(examples[30:]), found, atol=1e-6)
    trained.export_onnx(tmp_path / "model.onnx")
    pixels = np.stack([read_rgb(one.path, trained.input_side()) for one in examples[30:]]).astype("float32")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    exported = session.run(["probabilities"], {"pixels": pixels})[0]
    assert np.allclose(exported, found, atol=1e-3)


@pytest.mark.parametrize("key", RECIPES)
def test_the_same_seed_gives_the_same_model(key, examples, cache, tmp_path):
    module, params = recipe(key)
    first = module.fit(examples[:20], LABELS, params, run_in(tmp_path, cache, "a")).predict(examples)
    second = module.fit(examples[:20], LABELS, params, run_in(tmp_path, cache, "b")).predict(examples)
    assert np.array_equal(first, second)


@pytest.mark.parametrize("key", RECIPES)
@pytest.mark.parametrize(
    "part", [slice(0, 1), slice(0, 40, 2), slice(0, 2)], ids=["one item", "one class", "two items"]
)
def test_little_data_is_no_error(key, part, examples, cache, tmp_path):
    module, params = recipe(key)
    found = module.fit(examples[part], LABELS, params, run_in(tmp_path, cache)).predict(examples)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("key", RECIPES)
def test_it_stops_when_asked(key, examples, tmp_path):
    module, params = recipe(key)
    with pytest.raises(Stopped):
        module.fit(examples, LABELS, params, run_in(tmp_path, tmp_path / "empty-cache", stop_after=0))


def test_a_network_that_was_interrupted_ends_as_if_it_had_not_been(examples, cache, tmp_path):
    module, params = recipe("image_cnn")
    whole = module.fit(examples, LABELS, params, run_in(tmp_path, cache, "whole")).predict(examples)
    with pytest.raises(Stopped):
        module.fit(examples, LABELS, params, run_in(tmp_path, cache, "cut", stop_after=2))
    resumed = run_in(tmp_path, cache, "cut")
    again = module.fit(examples, LABELS, params, resumed).predict(examples)
    assert resumed.steps[0][0] == 3
    assert np.allclose(whole, again, atol=1e-6)


def crowd(examples) -> list[Example]:
    """Enough to hold some out: each picture many times, half of the labels wrong, so that it soon stops learning."""
    return [
        Example(f"{one.key}-{turn}", one.path, one.label if turn % 2 else LABELS[(turn // 2) % 2])
        for turn in range(6)
        for one in examples
    ]


def test_a_network_that_learns_no_more_stops_early_and_keeps_its_best_epoch(examples, cache, tmp_path):
    module, params = recipe("image_cnn")
    many = crowd(examples)
    patient = run_in(tmp_path, cache, "patient")
    made = module.fit(many, LABELS, params | {"epochs": 30, "patience": 2}, patient)
    losses = [values["held_out_loss"] for _, _, values in patient.steps]
    assert len(losses) < 30
    assert min(losses) == losses[-3]
    again = module.fit(many, LABELS, params | {"epochs": 30, "patience": 2}, run_in(tmp_path, cache, "again"))
    assert np.array_equal(made.predict(examples), again.predict(examples))


def test_early_stopping_goes_on_where_it_was_interrupted(examples, cache, tmp_path):
    module, params = recipe("image_cnn")
    params |= {"epochs": 30, "patience": 2}
    many = crowd(examples)
    whole = module.fit(many, LABELS, params, run_in(tmp_path, cache, "whole"))
    first = run_in(tmp_path, cache, "halves", stop_after=2)
    with pytest.raises(Stopped):
        module.fit(many, LABELS, params, first)
    halves = module.fit(many, LABELS, params, run_in(tmp_path, cache, "halves"))
    assert np.allclose(whole.predict(examples), halves.predict(examples), atol=1e-6)


def test_wrong_parameters_are_named():
    from plateau.kernel.errors import Invalid

    with pytest.raises(Invalid) as refused:
        complete_params(CARDS["image_cnn"], {"epochs": 0, "rate": "fast", "momentum": 1})
    fields = {one["field"] for one in refused.value.extra["errors"]}
    assert fields == {"params.epochs", "params.rate", "params.momentum"}
