"""Rendering, learning and making meshes, in the trainer's process."""

import io
import time
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from numpy.typing import NDArray

from labelkit.pictures import read_with_alpha
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from statkit.bootstrap import bootstrap_mean
from workers.applications.meshes.job_kinds import LearnOrder, MakeOrder, RenderOrder
from workers.applications.meshes.models import Collection, Made, Thing
from workers.applications.meshes.recipes.geometry import read_obj
from workers.applications.meshes.recipes.photo import seen
from workers.applications.meshes.recipes.reconstruction import fit, load, mean_shape, nearest, reconstructed, score
from workers.applications.meshes.recipes.views import Views, views_of
from workers.recipes.base import check_run
from workers.runtime.context import JobRun
from workers.runtime.kept import keep_model, kept_model

HELD_OUT = 5  # one of so many
PARAMS = {"rate": 1e-3, "width": 64}
DRAWS = 4000


def render(job: Job, run: JobRun, order: RenderOrder) -> dict[str, Any]:
    """Handler of job kind `shapes-render`: views of every thing that has none.

    What cannot be rendered says why and holds up nothing.
    """
    collection = Collection.objects.get(pk=order.collection_id)
    waiting = list(collection.things.filter(views_key="", problem="").order_by("pk"))
    done = failed = 0
    for number, thing in enumerate(waiting):
        check_run(run)
        jobs.report(claim=run.claim, done=number, total=len(waiting), message=f"rendering {thing.name}")
        try:
            with default_storage.open(thing.mesh_key) as file:
                views = views_of(thing.name, read_obj(file.read().decode("utf-8", "replace")))
        except ValueError as error:
            thing.problem = str(error)[:300]
            failed += 1
        else:
            out = io.BytesIO()
            np.savez_compressed(out, pixels=views.pixels)
            thing.views_key = default_storage.save(f"{thing.mesh_key}.npz", ContentFile(out.getvalue()))
            done += 1
        thing.save(update_fields=["views_key", "problem"])
    return {"rendered": done, "failed": failed}


def views_in(thing: Thing) -> Views:
    """The rendered views of a thing."""
    with default_storage.open(thing.views_key) as file, np.load(io.BytesIO(file.read())) as data:
        return Views(thing.name, data["pixels"])


def learn(job: Job, run: JobRun, order: LearnOrder) -> dict[str, Any]:
    """Handler of job kind `shapes-train`: a network, judged on things that it has not seen."""
    collection, steps = Collection.objects.get(pk=order.collection_id), order.steps
    things = [views_in(one) for one in collection.things.exclude(views_key="").order_by("sha256")]
    held, learned = things[::HELD_OUT], [one for n, one in enumerate(things) if n % HELD_OUT]
    run.share, run.message = 800, "learning from silhouettes"
    begun = time.monotonic()
    model = fit(learned, {**PARAMS, "steps": steps}, run)
    seconds = time.monotonic() - begun
    jobs.report(claim=run.claim, done=820, total=1000, message="judging on objects that were held out")
    ways = {"network": reconstructed(model), "nearest": nearest(learned), "mean": mean_shape(learned)}
    found = {}
    for name, way in ways.items():
        check_run(run)
        found[name] = score(held, way, shown=(0, 8, 16))
    rows = [
        {
            "name": name,
            "silhouettes": _mean(one.silhouettes),
            "voxels": _mean(one.volumes),
            "over": _mean(found["network"].silhouettes - one.silhouettes),
        }
        for name, one in found.items()
    ]
    key = f"shapes/{collection.organization_id}/{collection.pk}/network-{run.claim.job_id}"
    keep_model(model, key, run.workdir)
    collection.model_key = key
    collection.report = {
        "learned": len(learned), "held_out": len(held), "steps": steps, "seconds": round(seconds, 1), "rows": rows,
    }  # fmt: skip
    collection.save(update_fields=["model_key", "report"])
    return {"collection_id": collection.pk}


def _mean(values: NDArray[np.float64]) -> dict[str, Any]:
    """Mean over objects with its 95 % interval, by drawing objects."""
    return bootstrap_mean(values, n_resamples=DRAWS).as_json()


def make(job: Job, run: JobRun, order: MakeOrder) -> dict[str, Any]:
    """Handler of job kind `shapes-predict`: the mesh of a picture."""
    made = Made.objects.get(pk=order.made_id)
    with default_storage.open(made.picture_key) as file:
        pixels = seen(read_with_alpha(file.read()))
    mesh = kept_model(load, made.collection.model_key, run.workdir).predict(pixels[None])[0]
    made.vertices, made.faces = np.round(mesh.vertices, 4).tolist(), mesh.faces.tolist()
    made.save(update_fields=["vertices", "faces"])
    return {"made_id": made.pk}
