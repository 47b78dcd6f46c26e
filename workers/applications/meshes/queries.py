"""What pages show of collections."""

from collections.abc import Sequence

from django.db.models import Count, Q

from plateau.jobs.api import job_out
from plateau.jobs.models import ENDED, JobState
from workers.applications.meshes.models import Collection, Made, Thing
from workers.applications.meshes.schemas import CollectionDetail, CollectionOut, MadeOut, MeshOut, Unrendered

SHOWN = 12


def collections_out(rows: Sequence[Collection]) -> list[CollectionOut]:
    """Collections on the wire, in a constant number of queries."""
    counted = Thing.objects.filter(collection__in=rows).values("collection_id")
    numbers = {
        one["collection_id"]: (one["n"], one["seen"])
        for one in counted.annotate(n=Count("id"), seen=Count("id", ~Q(views_key="")))
    }
    return [
        CollectionOut(
            id=row.pk,
            name=row.name,
            things=numbers.get(row.pk, (0, 0))[0],
            rendered=numbers.get(row.pk, (0, 0))[1],
            trained=bool(row.model_key),
            created_at=row.created_at,
        )
        for row in rows
    ]


def detail_of(row: Collection) -> CollectionDetail:
    """One collection."""
    broken = row.things.exclude(problem="").order_by("name").values_list("name", "problem")[:SHOWN]
    made = row.made.select_related("job").defer("vertices", "faces").order_by("-pk")[:SHOWN]
    shows = row.job is not None and (row.job.state not in ENDED or row.job.state == JobState.FAILED)
    return CollectionDetail(
        **collections_out([row])[0].model_dump(),
        job=job_out(row.job) if row.job is not None and shows else None,
        report=row.report or None,
        problems=[Unrendered(name=name, problem=problem) for name, problem in broken],
        made=[made_out(one) for one in made],
    )


def made_out(row: Made) -> MadeOut:
    """A mesh in a list."""
    return MadeOut(id=row.pk, created_at=row.created_at, job=job_out(row.job))


def mesh_out(row: Made) -> MeshOut:
    """A mesh with its points."""
    return MeshOut(
        **made_out(row).model_dump(), collection_id=row.collection_id, vertices=row.vertices, faces=row.faces
    )
