"""Registering a trained model through the same door as everybody: the stock MLflow client and a token."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.utils import timezone
from numpy.typing import NDArray
from plateau.identity.models import Membership
from plateau.identity.services import mint_token
from plateau.jobs.models import Job
from plateau.kernel.scopes import Scope
from plateau.kernel.workspaces import workspace_of

from annotation.snapshots.models import Snapshot
from registry.versions import services as versions
from registry.versions.models import ModelPolicy, ModelVersion
from workers.recipes.base import Trained
from workers.runtime.evaluate import Judgement
from workers.runtime.evaluation import keep_answers
from workers.runtime.material import Material
from workers.training.models import TrainingRun


def code_version() -> str:
    """`PLATEAU_VERSION` of a built image; else the checkout's commit."""
    if given := os.environ.get("PLATEAU_VERSION"):
        return given
    root = Path(__file__).resolve().parents[2]
    found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


@contextmanager
def job_token(job: Job) -> Iterator[str]:
    """A token bound to the job's project that lives as long as the block.

    Raises:
        LookupError: nobody of the organization can own it.
    """
    members = Membership.objects.filter(organization_id=job.organization_id, is_active=True)
    owner = members.filter(user_id=job.created_by_id or 0).first() or members.filter(role="admin").first()
    if owner is None:
        raise LookupError("The organization has no active member.")
    if owner.role not in ("scientist", "admin"):  # the order was allowed; registering is part of it
        owner = members.filter(role__in=["admin", "scientist"]).first() or owner
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
    probabilities: NDArray[np.float64],
    judgement: Judgement,
    seconds: float,
) -> ModelVersion:
    """Log the run, register its ONNX model, and record the version with its lineage.

    The first version of a name becomes its champion; later ones wait for a person's choice.
    """
    import mlflow

    done = ModelVersion.objects.filter(project_id=run.project_id, params__run_id=run.pk).first()
    if done is not None and done.evaluations.exists():  # an earlier attempt got through
        return done
    name, metrics = run.recipe, judgement.metrics(seed=run.seed)
    facts = {
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
        with mlflow.start_run(run_name=f"{run.recipe}-{run.pk}", tags=facts) as tracked:
            mlflow.log_params(run.params | {"seed": run.seed, "labels": snapshot.train})
            mlflow.log_metrics({key: one["value"] for key, one in metrics.items()} | {"train_seconds": seconds})
            info = _log_onnx(trained, name, facts)
            run_id = tracked.info.run_id
        client = mlflow.MlflowClient()
        number = int(info.registered_model_version)
        pointed = ModelVersion.objects.filter(project_id=run.project_id, name=name, aliases__contains=["champion"])
        if not pointed.exists() and "champion" not in ModelPolicy.of(run.project_id).protected:
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
        code_version=facts["plateau.code_version"],
    )
    keep_answers(
        version=version, snapshot=snapshot, material=material, probabilities=probabilities, judgement=judgement,
        seed=run.seed, created_by_id=run.created_by_id,
    )  # fmt: skip
    return version


def _log_onnx(trained: Trained, name: str, facts: dict[str, str]) -> Any:
    """ONNX: loading it runs no code of ours or of anybody."""
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
        return mlflow.onnx.log_model(
            onnx.load(str(path)),
            name="model",
            registered_model_name=name,
            signature=signature,
            metadata={"labels": trained.labels, "input_side": side, **facts},
            onnx_execution_providers=["CPUExecutionProvider"],
            pip_requirements=["onnx", "onnxruntime", "numpy"],
        )
