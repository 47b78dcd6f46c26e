"""Registering a trained model through the same door as everybody: the stock MLflow client and a token."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np
from django.conf import settings
from django.utils import timezone

from annotation.projects.mlflow_workspace import workspace_of
from annotation.snapshots.models import Snapshot
from labelkit.annotations import ANNOTATION_TYPES
from labelkit.metrics import EvaluationReport
from plateau.access.scopes import Scope
from plateau.identity.models import Membership
from plateau.identity.services import mint_token
from plateau.jobs.models import Job
from plateau.releases.version import product_version
from registry.model_versions import services as versions
from registry.model_versions.models import ModelPolicy, ModelVersion
from workers.catalog import recipe_spec
from workers.recipes.base import ImageModel, Trained
from workers.runtime.dataset import Material
from workers.runtime.evaluation import save_report
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


def publish(
    *,
    job: Job,
    run: TrainingRun,
    snapshot: Snapshot,
    material: Material,
    trained: Trained,
    found: Any,
    report: EvaluationReport,
    facts: dict[str, Any],
) -> ModelVersion:
    """Log the run, register its model, and record the version with its lineage.

    The first version of a name becomes its champion; later ones wait for a person's choice.

    Args:
        job: Whose token is used.
        run: What was ordered.
        snapshot: What it learned from.
        material: The same on local disk.
        trained: The model.
        found: Its answers to the sealed items.
        report: What they show.
        facts: Numbers to log beside the metrics, such as `train_seconds`.
    """
    import mlflow

    done = ModelVersion.objects.filter(project_id=run.project_id, params__run_id=run.pk).first()
    if done is not None and done.evaluations.exists():  # an earlier attempt got through
        return done
    name = run.recipe
    tags = {
        "plateau.run": str(run.pk),
        "plateau.snapshot": str(snapshot.pk),
        "plateau.snapshot_hash": snapshot.content_hash,
        "plateau.recipe": run.recipe,
        "plateau.seed": str(run.seed),
        "plateau.code_version": code_version(),
    }
    with job_token(job) as secret:
        os.environ["MLFLOW_TRACKING_TOKEN"] = secret
        os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
        mlflow.set_tracking_uri(f"{settings.PLATEAU_URL}/mlflow/{workspace_of(run.project_id)}")
        mlflow.set_experiment("training")
        with mlflow.start_run(run_name=f"{run.recipe}-{run.pk}", tags=tags) as tracked:
            mlflow.log_params(run.params | {"seed": run.seed, "labels": snapshot.train})
            mlflow.log_metrics({key: one["value"] for key, one in report.summary.metrics.items()} | facts)
            run_id = tracked.info.run_id
            if ANNOTATION_TYPES[snapshot.kind].is_single_class and recipe_spec(run.recipe).exports_onnx:
                number = _log_classifier(cast(ImageModel, trained), name, tags)
            else:
                number = _log_recipe_model(trained, name, snapshot.kind, tags, run_id)
        client = mlflow.MlflowClient()
        pointed = ModelVersion.objects.filter(project_id=run.project_id, name=name, aliases__contains=["champion"])
        if not pointed.exists() and "champion" not in ModelPolicy.for_project(run.project_id).protected_aliases:
            client.set_registered_model_alias(name, "champion", str(number))
    version = versions.register_version(
        project_id=run.project_id,
        created_by_id=run.created_by_id,
        snapshot=snapshot,
        name=name,
        version=number,
        mlflow_run_id=run_id,
        recipe=run.recipe,
        params=run.params | {"run_id": run.pk},
        seed=run.seed,
        code_version=tags["plateau.code_version"],
    )
    save_report(
        version=version, snapshot=snapshot, material=material, found=found, report=report,
        created_by_id=run.created_by_id,
    )  # fmt: skip
    return version


def _log_classifier(trained: ImageModel, name: str, tags: dict[str, str]) -> int:
    """A picture classifier as ONNX: loading it runs no code of ours or of anybody. The number of the version."""
    import mlflow
    import onnx
    from mlflow.models import ModelSignature
    from mlflow.types import Schema, TensorSpec

    side = trained.input_side()
    signature = ModelSignature(
        inputs=Schema([TensorSpec(np.dtype("float32"), (-1, side, side, 3), "pixels")]),
        outputs=Schema([TensorSpec(np.dtype("float32"), (-1, len(trained.labels)), "probabilities")]),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        trained.export_onnx(path)
        info = mlflow.onnx.log_model(
            onnx.load(str(path)),
            name="model",
            registered_model_name=name,
            signature=signature,
            metadata={"labels": trained.labels, "input_side": side, **tags},
            onnx_execution_providers=PROVIDERS,
            pip_requirements=["onnx", "onnxruntime", "numpy"],
        )
    return int(info.registered_model_version)


def _log_recipe_model(trained: Trained, name: str, kind: str, tags: dict[str, str], run_id: str) -> int:
    """Any other model: what its recipe saved, with a card that says so, and its graph where it has one.

    The flavor `plateau` names the recipe that reads the folder; none of its files can run code. The number of the
    version.
    """
    import mlflow
    import onnx
    from mlflow.models import Model

    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        (folder / "data").mkdir()
        trained.save(folder / "data")
        card = Model(artifact_path="model", run_id=run_id)
        card.metadata = {"kind": kind, "labels": trained.labels, **tags}
        card.add_flavor("plateau", recipe=name, data="data")
        if recipe_spec(name).exports_onnx:
            image_model = cast(ImageModel, trained)
            image_model.export_onnx(folder / "model.onnx")
            card.metadata["input_side"] = image_model.input_side()
            card.add_flavor("onnx", onnx_version=onnx.__version__, data="model.onnx", providers=PROVIDERS)
        card.save(str(folder / "MLmodel"))
        mlflow.log_artifacts(str(folder), "model")
        registered = mlflow.register_model(f"runs:/{run_id}/model", name)
    return int(registered.version)
