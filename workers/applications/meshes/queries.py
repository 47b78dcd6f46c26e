"""Reads of mesh collections."""

from collections.abc import Sequence

from django.db.models import Count, Q

from plateau.jobs.api import job_out
from plateau.jobs.models import ENDED, JobState
from plateau.texts import translate
from workers.applications.meshes.models import Mesh3D, MeshCollection, MeshResult
from workers.applications.meshes.schemas import (
    MeshCollectionDetailOut,
    MeshCollectionOut,
    MeshResultDetailOut,
    MeshResultOut,
    RenderErrorOut,
)

MAX_SHOWN = 12


def mesh_collections_out(collections: Sequence[MeshCollection]) -> list[MeshCollectionOut]:
    """Collections on the wire, in a constant number of queries."""
    meshes = Mesh3D.objects.filter(collection__in=collections).values("collection_id")
    counts = {
        row["collection_id"]: (row["total"], row["rendered"])
        for row in meshes.annotate(total=Count("id"), rendered=Count("id", ~Q(views_key="")))
    }
    return [
        MeshCollectionOut(
            id=collection.pk,
            name=collection.name,
            mesh_count=counts.get(collection.pk, (0, 0))[0],
            rendered_count=counts.get(collection.pk, (0, 0))[1],
            is_trained=bool(collection.model_key),
            created_at=collection.created_at,
        )
        for collection in collections
    ]


def mesh_collection_detail(collection: MeshCollection) -> MeshCollectionDetailOut:
    """One collection; `job` is the last one until it is done, and after it failed."""
    failed = collection.meshes.exclude(render_error="").order_by("name").values_list("name", "render_error")[:MAX_SHOWN]
    results = collection.results.select_related("job").defer("vertices", "faces").order_by("-pk")[:MAX_SHOWN]
    job = collection.job
    is_shown = job is not None and (job.state not in ENDED or job.state == JobState.FAILED)
    return MeshCollectionDetailOut(
        **mesh_collections_out([collection])[0].model_dump(),
        job=job_out(job) if job is not None and is_shown else None,
        report=collection.report or None,
        render_errors=[RenderErrorOut(name=name, error=translate(error)) for name, error in failed],
        results=[mesh_result_out(result) for result in results],
    )


def mesh_result_out(result: MeshResult) -> MeshResultOut:
    """A result in a list, without its vertices and faces."""
    return MeshResultOut(id=result.pk, created_at=result.created_at, job=job_out(result.job))


def mesh_result_detail(result: MeshResult) -> MeshResultDetailOut:
    """A result with its vertices and faces."""
    return MeshResultDetailOut(
        **mesh_result_out(result).model_dump(),
        collection_id=result.collection_id,
        vertices=result.vertices,
        faces=result.faces,
    )
