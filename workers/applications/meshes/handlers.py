"""Handlers of mesh jobs, in the trainer's process: render, train, reconstruct."""

import io
import time

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from numpy.typing import NDArray

from labelkit.messages import Message
from labelkit.pictures import read_with_alpha
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from plateau.texts.fields import shortened
from statkit.bootstrap import bootstrap_mean
from workers.applications.meshes.job_kinds import ReconstructPayload, RenderPayload, TrainNetworkPayload
from workers.applications.meshes.models import Mesh3D, MeshCollection, MeshResult
from workers.applications.meshes.recipes.geometry import read_obj
from workers.applications.meshes.recipes.photo import prepare_image
from workers.applications.meshes.recipes.reconstruction import (
    evaluate,
    fit,
    load,
    mean_silhouettes,
    nearest_neighbor,
    network_predictor,
)
from workers.applications.meshes.recipes.views import Views, render_views
from workers.runtime.job_run import JobRun
from workers.runtime.model_artifacts import load_model_artifact, save_model_artifact

TEST_EVERY = 5  # one of so many
TRAINING_PARAMS = {"learning_rate": 1e-3, "width": 64}
RESAMPLES = 4000


def render_meshes(job: Job, run: JobRun, payload: RenderPayload) -> dict[str, object]:
    """Handler of job kind `mesh-render`: views of every mesh that has none.

    A mesh that cannot be rendered keeps its error and holds up nothing.
    """
    collection = MeshCollection.objects.get(pk=payload.collection_id)
    waiting = list(collection.meshes.filter(views_key="", render_error="").order_by("pk"))
    rendered = failed = 0
    for number, mesh in enumerate(waiting):
        run.raise_if_stopped()
        jobs.report(
            claim=run.claim, done=number, total=len(waiting), message=Message("rendering {name}", name=mesh.name)
        )
        try:
            with default_storage.open(mesh.mesh_key) as file:
                views = render_views(mesh.name, read_obj(file.read().decode("utf-8", "replace")))
        except ValueError as error:
            mesh.render_error = shortened(str(error), 300)
            failed += 1
        else:
            out = io.BytesIO()
            np.savez_compressed(out, pixels=views.pixels)
            mesh.views_key = default_storage.save(f"{mesh.mesh_key}.npz", ContentFile(out.getvalue()))
            rendered += 1
        mesh.save(update_fields=["views_key", "render_error"])
    return {"rendered": rendered, "failed": failed}


def load_views(mesh: Mesh3D) -> Views:
    """The rendered views of an object."""
    with default_storage.open(mesh.views_key) as file, np.load(io.BytesIO(file.read())) as data:
        return Views(mesh.name, data["pixels"])


def train_network(job: Job, run: JobRun, payload: TrainNetworkPayload) -> dict[str, object]:
    """Handler of job kind `mesh-train`: train a network, and report its overlaps on meshes that were held out.

    The report has `train_count`, `test_count`, `steps`, `training_seconds` and, of the network and both baselines in
    `methods`, mean `silhouette_iou`, `voxel_iou` and how much the network is better (`network_gain`), with intervals.
    """
    collection, steps = MeshCollection.objects.get(pk=payload.collection_id), payload.steps
    views = [load_views(mesh) for mesh in collection.meshes.exclude(views_key="").order_by("sha256")]
    test, train = views[::TEST_EVERY], [mesh for number, mesh in enumerate(views) if number % TEST_EVERY]
    run.share, run.message = 800, "learning from silhouettes"
    started = time.monotonic()
    model = fit(train, {**TRAINING_PARAMS, "steps": steps}, run)
    seconds = time.monotonic() - started
    jobs.report(claim=run.claim, done=820, total=1000, message="evaluating on held-out objects")
    predictors = {
        "network": network_predictor(model),
        "nearest": nearest_neighbor(train),
        "mean": mean_silhouettes(train),
    }
    overlaps = {}
    for name, predictor in predictors.items():
        run.raise_if_stopped()
        overlaps[name] = evaluate(test, predictor, input_views=(0, 8, 16))
    methods = [
        {
            "name": name,
            "silhouette_iou": _mean(overlap.silhouettes),
            "voxel_iou": _mean(overlap.visual_hulls),
            "network_gain": _mean(overlaps["network"].silhouettes - overlap.silhouettes),
        }
        for name, overlap in overlaps.items()
    ]
    key = f"meshes/{collection.organization_id}/{collection.pk}/network-{run.claim.job_id}"
    save_model_artifact(model, key, run.workdir)
    collection.model_key = key
    collection.report = {
        "train_count": len(train), "test_count": len(test), "steps": steps, "training_seconds": round(seconds, 1),
        "methods": methods,
    }  # fmt: skip
    collection.save(update_fields=["model_key", "report"])
    return {"collection_id": collection.pk}


def _mean(values: NDArray[np.float64]) -> dict[str, object]:
    """Mean over objects with its 95 % interval, by drawing objects."""
    return bootstrap_mean(values, n_resamples=RESAMPLES).as_json()


def reconstruct_mesh(job: Job, run: JobRun, payload: ReconstructPayload) -> dict[str, object]:
    """Handler of job kind `mesh-reconstruct`: the mesh of an image."""
    result = MeshResult.objects.get(pk=payload.result_id)
    with default_storage.open(result.image_key) as file:
        pixels = prepare_image(read_with_alpha(file.read()))
    mesh = load_model_artifact(load, result.collection.model_key, run.workdir).predict(pixels[None])[0]
    result.vertices, result.faces = np.round(mesh.vertices, 4).tolist(), mesh.faces.tolist()
    result.save(update_fields=["vertices", "faces"])
    return {"result_id": result.pk}
