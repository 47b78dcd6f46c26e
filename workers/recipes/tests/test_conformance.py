"""One suite over the whole catalogue: a recipe is tested by being listed, once for each kind that it takes."""

import importlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from labelkit.annotations import AnnotationType, Schema
from labelkit.geometries import Frame
from labelkit.metrics import evaluate
from labelkit.project_types import PROJECT_TYPES
from workers.catalog import RECIPES, complete_params
from workers.recipes.base import Example, RunStopped, annotated, image_size_of, read_rgb
from workers.recipes.spec import ChoiceParam, NumberParam
from workers.recipes.tests.toys import LABELS, TOYS, Recorder, toy

CASES = sorted(
    (key, kind)
    for key, spec in RECIPES.items()
    for kind, project_type in PROJECT_TYPES.items()
    if spec.takes(project_type) and kind in TOYS
)
QUICK = {
    "image_cnn": {"epochs": 4, "image_size": 16, "width": 8},
    "image_finetune": {"epochs": 2, "image_size": 64, "batch_size": 8, "min_examples_per_epoch": 20},
    "boxes_centers": {"epochs": 12, "image_size": 96, "learning_rate": 0.005, "min_examples_per_epoch": 40},
    "keypoints_centers": {"epochs": 16, "image_size": 96, "learning_rate": 0.005, "min_examples_per_epoch": 40},
    "masks_pyramid": {"epochs": 4, "image_size": 96, "learning_rate": 0.005, "min_examples_per_epoch": 40},
    "masks_pixels": {"image_size": 64},
    "text_cnn": {"epochs": 2, "width": 32},
    "spans_cnn": {"epochs": 6, "width": 48},
    "rows_boosting": {"n_estimators": 40},
    "rows_lightgbm": {"n_estimators": 40},
}
MARKED = ("boxes", "masks", "keypoints", "spans")
NETWORKS = sorted(key for key, spec in RECIPES.items() if spec.queue == "gpu")
# Of the primary metric on the toy sets; 0.8 where nothing is said. Two baselines do not look at their input.
LEAST = {"majority": 0.0, "layout": 0.0, "keypoints_centers": 0.5}


def annotation_type_of(kind: str) -> AnnotationType:
    return PROJECT_TYPES[kind].annotation_type


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def toys(tmp_path_factory):
    datasets: dict[str, tuple[list[Example], list[str]]] = {}

    def of(kind: str) -> tuple[list[Example], list[str]]:
        if kind not in datasets:
            datasets[kind] = toy(kind, tmp_path_factory.mktemp(kind))
        return datasets[kind]

    return of


def run_in(tmp_path: Path, cache: Path, name: str = "work", **options) -> Recorder:
    workdir = tmp_path / name
    workdir.mkdir(exist_ok=True)
    return Recorder(workdir, cache, **options)


def recipe(key: str):
    return importlib.import_module(RECIPES[key].module), RECIPES[key].parse(QUICK.get(key, {}))


def with_epochs(params, epochs: int):
    return replace(params, epochs=epochs) if hasattr(params, "epochs") else params


def same(left, right) -> bool:
    """Equal but for the last digits; of answers, places may differ by a rounded hundredth of a pixel or two."""
    if isinstance(left, np.ndarray):
        return np.allclose(left, right, atol=1e-5)
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    return abs(left - right) < 0.03 if isinstance(left, float) else left == right


def valid(kind: str, predictions, examples: list[Example], labels: list[str]) -> None:
    """Answers are such that people could have given them."""
    if isinstance(predictions, np.ndarray) and predictions.ndim == 2:
        assert predictions.shape == (len(examples), len(labels))
        assert np.allclose(predictions.sum(axis=1), 1)
        return
    if isinstance(predictions, np.ndarray):
        assert np.isfinite(predictions).all()
        return
    schema = Schema(1, {label: {"id": label, "name": label} for label in labels})
    for answer, example in zip(predictions, examples, strict=True):
        part = "spans" if kind == "spans" else "regions"
        assert all(0 <= region["score"] <= 1 for region in answer[part])
        plain = answer | {part: [{k: v for k, v in region.items() if k != "score"} for region in answer[part]]}
        frame = Frame(length=len(example.text)) if kind == "spans" else Frame(*image_size_of(example))
        annotation_type_of(kind).validate(plain, schema=schema, frame=frame)


@pytest.mark.parametrize(("key", "kind"), CASES)
def test_learns_answers_validly_and_is_the_same_after_loading(key, kind, toys, cache, tmp_path):
    module, params = recipe(key)
    examples, labels = toys(kind)
    cut = len(examples) * 3 // 4
    trained = module.fit(examples[:cut], labels, params, run_in(tmp_path, cache))
    predictions = trained.predict(examples[cut:])
    valid(kind, predictions, examples[cut:], labels)
    report = evaluate(annotation_type_of(kind).key, predictions, examples[cut:], labels, training_mean=15.0)
    assert report.value >= LEAST.get(key, 0.8), report.summary.metrics
    folder = tmp_path / "saved"
    folder.mkdir()
    trained.save(folder)
    assert not [path for path in folder.iterdir() if path.suffix in (".pkl", ".pickle", ".joblib")]
    assert same(module.load(folder, cache).predict(examples[cut:]), predictions)


@pytest.mark.parametrize(("key", "kind"), CASES)
def test_the_same_seed_gives_the_same_model(key, kind, toys, cache, tmp_path):
    module, params = recipe(key)
    params = with_epochs(params, 2)
    examples, labels = toys(kind)
    first = module.fit(examples[:12], labels, params, run_in(tmp_path, cache, "a")).predict(examples[12:16])
    second = module.fit(examples[:12], labels, params, run_in(tmp_path, cache, "b")).predict(examples[12:16])
    assert np.array_equal(first, second) if isinstance(first, np.ndarray) else first == second


@pytest.mark.parametrize(("key", "kind"), CASES)
@pytest.mark.parametrize("part", [slice(0, 1), slice(0, 40, 2)], ids=["one item", "one class"])
def test_little_data_is_no_error(key, kind, part, toys, cache, tmp_path):
    module, params = recipe(key)
    params = with_epochs(params, 1)
    examples, labels = toys(kind)
    predictions = module.fit(examples[part], labels, params, run_in(tmp_path, cache)).predict(examples[:5])
    valid(kind, predictions, examples[:5], labels)


@pytest.mark.parametrize(("key", "kind"), [case for case in CASES if case[1] in MARKED])
def test_items_without_a_region_are_no_error(key, kind, toys, cache, tmp_path):
    module, params = recipe(key)
    params = with_epochs(params, 1)
    examples, labels = toys(kind)
    empty = {"spans": [], "relations": []} if kind == "spans" else {"regions": []}
    annotation_type = annotation_type_of(kind).key
    bare = [
        annotated(annotation_type, empty, key=example.key, path=example.path, text=example.text)
        for example in examples[:4]
    ]
    valid(kind, module.fit(bare, labels, params, run_in(tmp_path, cache)).predict(bare), bare, labels)


@pytest.mark.parametrize(("key", "kind"), CASES)
def test_it_stops_when_asked(key, kind, toys, tmp_path):
    module, params = recipe(key)
    examples, labels = toys(kind)
    with pytest.raises(RunStopped):
        module.fit(examples, labels, params, run_in(tmp_path, tmp_path / "empty-cache", stop_after=0))


@pytest.mark.parametrize("key", [key for key, spec in sorted(RECIPES.items()) if spec.exports_onnx])
def test_the_exported_graph_says_the_same(key, toys, cache, tmp_path):
    module, params = recipe(key)
    kind = next(kind for kind in TOYS if RECIPES[key].takes(PROJECT_TYPES[kind]))
    examples, labels = toys(kind)
    trained = module.fit(examples[:20], labels, params, run_in(tmp_path, cache))
    trained.export_onnx(tmp_path / "model.onnx")
    pixels = np.stack([read_rgb(example.path, trained.image_size()) for example in examples[20:]]).astype("float32")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    out = {
        output.name: value
        for output, value in zip(session.get_outputs(), session.run(None, {"pixels": pixels}), strict=True)
    }
    predictions = trained.predict(examples[20:])
    if kind == "classification":
        assert np.allclose(out["probabilities"], predictions, atol=1e-3)
    elif kind == "boxes":
        for row, (answer, example) in enumerate(zip(predictions, examples[20:], strict=True)):
            best = answer["regions"][0]
            width, height = image_size_of(example)
            x0, top, right, bottom = out["boxes"][row, 0] * [width, height, width, height]
            assert np.allclose([best["x"], best["y"]], [x0, top], atol=0.1)
            assert np.allclose([best["w"], best["h"]], [right - x0, bottom - top], atol=0.1)
            assert best["label"] == labels[int(out["classes"][row, 0])]
    elif kind == "keypoints":
        for row, (answer, example) in enumerate(zip(predictions, examples[20:], strict=True)):
            best = answer["regions"][0]
            points = out["points"][row, 0].reshape(-1, 2)
            assert np.allclose([point[:2] for point in best["points"]], points * image_size_of(example), atol=0.1)
    else:
        assert out["shares"].shape[1] == len(labels) + 1
        is_marked = out["shares"].argmax(axis=1) > 0
        marked = [sum(region["w"] * region["h"] for region in answer["regions"]) / 96 / 112 for answer in predictions]
        assert np.allclose(is_marked.mean(axis=(1, 2)), marked, atol=0.05)


@pytest.mark.parametrize("key", NETWORKS)
def test_a_network_that_was_interrupted_ends_as_if_it_had_not_been(key, toys, cache, tmp_path):
    module, params = recipe(key)
    params = with_epochs(params, 3)
    examples, labels = toys(next(kind for kind in TOYS if RECIPES[key].takes(PROJECT_TYPES[kind])))
    whole = module.fit(examples[:12], labels, params, run_in(tmp_path, cache, "whole")).predict(examples[12:18])
    cut = run_in(tmp_path, cache, "cut")
    cut.stop_requested = lambda: any(values.get("training_loss") for _, _, values in cut.steps)  # after the first epoch
    with pytest.raises(RunStopped):
        module.fit(examples[:12], labels, params, cut)
    resumed = run_in(tmp_path, cache, "cut")
    again = module.fit(examples[:12], labels, params, resumed).predict(examples[12:18])
    assert next(step for step, _, values in resumed.steps if values) == 2
    assert same(whole, again)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA here")
@pytest.mark.parametrize("key", NETWORKS)
def test_cuda_learns_as_well(key, toys, cache, tmp_path):
    module, params = recipe(key)
    kind = next(kind for kind in TOYS if RECIPES[key].takes(PROJECT_TYPES[kind]))
    examples, labels = toys(kind)
    trained = module.fit(examples[:30], labels, params, run_in(tmp_path, cache, device="cuda"))
    assert (
        evaluate(
            annotation_type_of(kind).key,
            trained.predict(examples[30:]),
            examples[30:],
            labels,
            training_mean=15.0,
        ).value
        >= 0.8
    )


def crowd(examples) -> list[Example]:
    """Enough to hold some out: each picture many times, half of the labels wrong, so that it soon stops learning."""
    return [
        replace(example, key=f"{example.key}-{turn}", target=example.target if turn % 2 else LABELS[(turn // 2) % 2])
        for turn in range(6)
        for example in examples
    ]


# A share of the toys that makes twenty validation examples, and the name of the primary metric of their kind.
VALIDATED = {
    "image_cnn": (50, "accuracy"),
    "image_finetune": (50, "accuracy"),
    "text_cnn": (50, "accuracy"),
    "spans_cnn": (50, "span_f1"),
    "boxes_centers": (50, "ap50"),
    "masks_pyramid": (50, "ap50"),
    "keypoints_centers": (50, "ap50"),
}


def test_every_network_is_validated_here():
    assert sorted(VALIDATED) == NETWORKS


@pytest.mark.parametrize("key", NETWORKS)
def test_a_network_reports_its_primary_metric_on_validation_examples_after_each_epoch(key, toys, cache, tmp_path):
    module, params = recipe(key)
    examples, labels = toys(next(kind for kind in TOYS if RECIPES[key].takes(PROJECT_TYPES[kind])))
    share, metric = VALIDATED[key]
    many = [replace(example, key=f"{example.key}-{turn}") for turn in range(2) for example in examples]
    run = run_in(tmp_path, cache)
    module.fit(many, labels, replace(with_epochs(params, 2), validation_percent=share), run)
    epochs = [values for _, _, values in run.steps if "training_loss" in values]
    assert len(epochs) == 2
    for values in epochs:
        assert values["validation_loss"] > 0
        assert 0 <= values[f"validation_{metric}"] <= 1
    none = run_in(tmp_path, cache, "none")
    module.fit(examples[:12], labels, replace(with_epochs(params, 1), validation_percent=0), none)
    assert not any(name.startswith("validation") for _, _, values in none.steps for name in values)


def test_a_network_that_learns_no_more_stops_early_and_keeps_its_best_epoch(toys, cache, tmp_path):
    module, params = recipe("image_cnn")
    examples, labels = toys("classification")
    params = replace(params, epochs=30, patience=2)
    many = crowd(examples)
    patient = run_in(tmp_path, cache, "patient")
    stopped_early = module.fit(many, labels, params, patient)
    losses = [values["validation_loss"] for _, _, values in patient.steps]
    assert len(losses) < 30
    assert min(losses) == losses[-3]
    again = module.fit(many, labels, params, run_in(tmp_path, cache, "again"))
    assert np.array_equal(stopped_early.predict(examples), again.predict(examples))


def test_early_stopping_goes_on_where_it_was_interrupted(toys, cache, tmp_path):
    module, params = recipe("image_cnn")
    examples, labels = toys("classification")
    params = replace(params, epochs=30, patience=2)
    many = crowd(examples)
    whole = module.fit(many, labels, params, run_in(tmp_path, cache, "whole"))
    with pytest.raises(RunStopped):
        module.fit(many, labels, params, run_in(tmp_path, cache, "halves", stop_after=2))
    halves = module.fit(many, labels, params, run_in(tmp_path, cache, "halves"))
    assert np.allclose(whole.predict(examples), halves.predict(examples), atol=1e-6)


@pytest.mark.parametrize("key", sorted(RECIPES))
def test_a_spec_describes_every_parameter_that_its_recipe_reads(key):
    spec = RECIPES[key]
    for param in spec.params:
        if isinstance(param, ChoiceParam):
            assert param.default in param.options
        else:
            assert isinstance(param, NumberParam)
            assert param.min <= param.default <= param.max
            assert not param.log or param.min > 0
    source = Path(importlib.import_module(spec.module).__file__).read_text()
    shared = "".join(
        Path(importlib.import_module(f"workers.recipes.{name}").__file__).read_text() for name in ("dense", "mixing")
    )
    for param in spec.params:
        assert f"params.{param.key}" in source + shared, param.key
    assert spec.baseline in ("", *RECIPES)
    project_types = [project_type for project_type in PROJECT_TYPES.values() if spec.takes(project_type)]
    assert not spec.baseline or all(RECIPES[spec.baseline].takes(project_type) for project_type in project_types)


def test_specs_are_readable_where_no_learning_library_is():
    code = (
        "import sys; sys.modules |= dict.fromkeys(('torch', 'onnxruntime', 'sklearn', 'lightgbm', 'skimage')); "
        "from workers.catalog import RECIPES; print(len([spec.params for spec in RECIPES.values()]))"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert process.stdout.strip() == str(len(RECIPES)), process.stderr


def test_wrong_parameters_are_named():
    from plateau.http.errors import InvalidInput

    with pytest.raises(InvalidInput) as refused:
        complete_params(RECIPES["image_cnn"], {"epochs": 0, "learning_rate": "fast", "momentum": 1, "mixing": "soup"})
    fields = {error["field"] for error in refused.value.extra["errors"]}
    assert fields == {"params.epochs", "params.learning_rate", "params.momentum", "params.mixing"}
