"""Registering a trained model as everybody does: by the stock MLflow client and a token."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import cast

import numpy as np
from django.conf import settings
from django.utils import timezone

from annotation.projects.mlflow_workspace import workspace_of
from annotation.snapshots.models import Snapshot
from labelkit.metrics import EvaluationReport
from plateau.access.scopes import Scope
from plateau.identity.models import Membership
from plateau.identity.services import mint_token
from plateau.jobs.models import Job
from plateau.releases.version import product_version
from registry.model_versions import services as versions
from registry.model_versions.models import ModelPolicy, ModelVersion
from workers.catalog import recipe_spec
from workers.recipes.base import OnnxExportable, TrainedModel
from workers.runtime.dataset import SnapshotDataset
from workers.runtime.evaluation import save_evaluation_report
from workers.training.models import TrainingRun

PROVIDERS = ["CPUExecutionProvider"]


def code_version() -> str:
    """What whoever built the image set as `PLATEAU_VERSION`, else the checkout's commit, else the product's version."""
    if version := os.environ.get("PLATEAU_VERSION"):
        return version
    root = Path(__file__).resolve().parents[2]
    try:
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return product_version()
    return head.stdout.strip() or product_version()


@contextmanager
def job_token(job: Job) -> Iterator[str]:
    """A token bound to the job's project that lives as long as the block.

    Raises:
        LookupError: nobody of the organization can own it.
    """
    members = Membership.objects.filter(organization_id=job.organization_id, is_active=True)
    owner = members.filter(user_id=job.created_by_id or 0).first() or members.granted(Scope.MEMBERS_WRITE).first()
    if owner is None:
        raise LookupError("The organization has no active member.")
    if Scope.MODELS_WRITE not in owner.role.granted():  # the order was allowed; registering is part of it
        owner = members.granted(Scope.MODELS_WRITE).first() or owner
    token, secret = mint_token(
        membership=owner,
        name=f"training job {job.pk}",
        scopes=[Scope.MODELS_READ, Scope.MODELS_WRITE],
        expires_at=timezone.now() + timedelta(hours=1),
        project_id=job.project_id,
    )
    try:
        yield secret
    finally:
        token.delete()


def register_model(
    *,
    job: Job,
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
        job: Whose token is used.
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
    tags = {
        "plateau.run": str(training_run.pk),
        "plateau.snapshot": str(snapshot.pk),
        "plateau.snapshot_hash": snapshot.content_hash,
        "plateau.recipe": training_run.recipe,
        "plateau.seed": str(training_run.seed),
        "plateau.code_version": code_version(),
    }
    with job_token(job) as secret:
        os.environ["MLFLOW_TRACKING_TOKEN"] = secret
        os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
        mlflow.set_tracking_uri(f"{settings.PLATEAU_URL}/mlflow/{workspace_of(project_id)}")
        mlflow.set_experiment("training")
        with mlflow.start_run(run_name=f"{training_run.recipe}-{training_run.pk}", tags=tags) as mlflow_run:
            mlflow.log_params(training_run.params | {"seed": training_run.seed, "labels": snapshot.train_count})
            mlflow.log_metrics({key: interval["value"] for key, interval in report.summary.metrics.items()} | timings)
            run_id = mlflow_run.info.run_id
            if snapshot.annotation_type.is_single_class and recipe_spec(training_run.recipe).exports_onnx:
                number = _log_classifier(cast(OnnxExportable, model), name, tags)
            else:
                number = _log_recipe_model(model, name, snapshot.annotation_type.key, tags, run_id)
        client = mlflow.MlflowClient()
        champions = ModelVersion.objects.filter(project_id=project_id, name=name, aliases__contains=["champion"])
        if not champions.exists() and "champion" not in ModelPolicy.for_project(project_id).protected_aliases:
            client.set_registered_model_alias(name, "champion", str(number))
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
