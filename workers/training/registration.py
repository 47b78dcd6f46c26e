"""Registering a trained model as everybody does: by the stock MLflow client and a token."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np

from annotation.snapshots.models import Snapshot
from labelkit.metrics import EvaluationReport
from registry.model_versions import services as versions
from registry.model_versions.models import ModelPolicy, ModelVersion
from workers.catalog import recipe_spec
from workers.recipes.base import OnnxExportable, TrainedModel
from workers.runtime.dataset import SnapshotDataset
from workers.runtime.evaluation import save_evaluation_report
from workers.training.models import TrainingRun
from workers.training.tracking import EXPERIMENT, logged_params, tags_of, tracking_uri

PROVIDERS = ["CPUExecutionProvider"]


def register_model(
    *,
    mlflow_run_id: str,
    training_run: TrainingRun,
    snapshot: Snapshot,
    dataset: SnapshotDataset,
    model: TrainedModel,
    predictions: object,
    report: EvaluationReport,
    timings: dict[str, float],
) -> ModelVersion:
    """Log the run, register its model, and record the version with its lineage.

    The first version of a name becomes its champion; later ones wait for a person's choice.

    Args:
        mlflow_run_id: The run that the training logged to; empty where MLflow made none.
        training_run: The recipe, parameters and seed that it was submitted with.
        snapshot: What the model was trained and evaluated on.
        dataset: The snapshot on local disk.
        model: The trained model.
        predictions: Of the held-out test set.
        report: Their evaluation.
        timings: Logged beside the metrics.
    """
    import mlflow

    versions_of_run = ModelVersion.objects.filter(project_id=training_run.project_id, params__run_id=training_run.pk)
    registered = versions_of_run.first()
    if registered is not None and registered.evaluations.exists():  # by an earlier attempt
        return registered
    project_id, name = training_run.project_id, training_run.recipe
    tags = tags_of(training_run, snapshot)
    mlflow.set_tracking_uri(tracking_uri(project_id))
    with _mlflow_run(mlflow_run_id, training_run, snapshot) as mlflow_run:
        mlflow.log_metrics({key: interval["value"] for key, interval in report.summary.metrics.items()} | timings)
        run_id = mlflow_run.info.run_id
        if snapshot.annotation_type.is_single_class and recipe_spec(training_run.recipe).exports_onnx:
            number = _log_classifier(cast(OnnxExportable, model), name, tags)
        else:
            number = _log_recipe_model(model, name, snapshot.annotation_type.key, tags, run_id)
    champions = ModelVersion.objects.filter(project_id=project_id, name=name, aliases__contains=["champion"])
    if not champions.exists() and "champion" not in ModelPolicy.for_project(project_id).protected_aliases:
        mlflow.MlflowClient().set_registered_model_alias(name, "champion", str(number))
    version = versions.register_version(
        project_id=project_id,
        created_by_id=training_run.created_by_id,
        snapshot=snapshot,
        name=name,
        version=number,
        mlflow_run_id=run_id,
        recipe=training_run.recipe,
        params=training_run.params | {"run_id": training_run.pk},
        seed=training_run.seed,
        code_version=tags["plateau.code_version"],
    )
    save_evaluation_report(
        version=version, snapshot=snapshot, dataset=dataset, predictions=predictions, report=report,
        created_by_id=training_run.created_by_id,
    )  # fmt: skip
    return version


@contextmanager
def _mlflow_run(run_id: str, training_run: TrainingRun, snapshot: Snapshot) -> Iterator[Any]:
    """The run that the training logged to, or a new one where there is none."""
    import mlflow

    if run_id:
        with mlflow.start_run(run_id=run_id) as run:
            yield run
        return
    mlflow.set_experiment(EXPERIMENT)
    name = f"{training_run.recipe}-{training_run.pk}"
    with mlflow.start_run(run_name=name, tags=tags_of(training_run, snapshot)) as run:
        mlflow.log_params(logged_params(training_run, snapshot))
        yield run


def _log_classifier(model: OnnxExportable, name: str, tags: dict[str, str]) -> int:
    """Register an image classifier as ONNX, which loads without running code; returns the version number."""
    import mlflow
    import onnx
    from mlflow.models import ModelSignature
    from mlflow.types import Schema, TensorSpec

    side = model.image_size()
    signature = ModelSignature(
        inputs=Schema([TensorSpec(np.dtype("float32"), (-1, side, side, 3), "pixels")]),
        outputs=Schema([TensorSpec(np.dtype("float32"), (-1, len(model.labels)), "probabilities")]),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        model.export_onnx(path)
        info = mlflow.onnx.log_model(
            onnx.load(str(path)),
            name="model",
            registered_model_name=name,
            signature=signature,
            metadata={"labels": model.labels, "image_size": side, **tags},
            onnx_execution_providers=PROVIDERS,
            pip_requirements=["onnx", "onnxruntime", "numpy"],
        )
    return int(info.registered_model_version)


def _log_recipe_model(model: TrainedModel, name: str, kind: str, tags: dict[str, str], run_id: str) -> int:
    """Register what any other recipe saved, with its ONNX graph where it has one; returns the version number.

    The flavor `plateau` names the recipe that loads the folder; none of its files can run code.
    """
    import mlflow
    import onnx
    from mlflow.models import Model

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "data").mkdir()
        model.save(folder / "data")
        mlmodel = Model(artifact_path="model", run_id=run_id)
        mlmodel.metadata = {"kind": kind, "labels": model.labels, **tags}
        mlmodel.add_flavor("plateau", recipe=name, data="data")
        if recipe_spec(name).exports_onnx:
            image_model = cast(OnnxExportable, model)
            image_model.export_onnx(folder / "model.onnx")
            mlmodel.metadata["image_size"] = image_model.image_size()
            mlmodel.add_flavor("onnx", onnx_version=onnx.__version__, data="model.onnx", providers=PROVIDERS)
        mlmodel.save(str(folder / "MLmodel"))
        mlflow.log_artifacts(str(folder), "model")
        registered = mlflow.register_model(f"runs:/{run_id}/model", name)
    return int(registered.version)
