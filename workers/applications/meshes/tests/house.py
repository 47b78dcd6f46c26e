"""What tests of the whole house need of meshes."""

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from conftest import png
from tests.roles import SEEING, STAFF
from workers.applications.meshes.models import Mesh3D, MeshCollection, MeshResult

PERMISSIONS = {
    ("GET", "mesh-collections/"): SEEING,
    ("POST", "mesh-collections/"): STAFF,
    ("GET", "mesh-collections/<int:collection_id>/"): SEEING,
    ("POST", "mesh-collections/<int:collection_id>/meshes/"): STAFF,
    ("POST", "mesh-collections/<int:collection_id>/trainings/"): STAFF,
    ("POST", "mesh-collections/<int:collection_id>/results/"): SEEING,
    ("GET", "mesh-results/<int:result_id>/"): SEEING,
    ("GET", "mesh-results/<int:result_id>/image/"): SEEING,
    ("GET", "mesh-results/<int:result_id>/files/<str:file_format>/"): SEEING,
}
BODIES = {("POST", "mesh-collections/"): {"name": "Tables"}}
QUERY: dict[str, str] = {}
FIXED_LISTS: dict[str, str] = {}


def rows_of_another_organization(organization_id: int, job: Any) -> dict[str, int | str]:
    """A row of everything: what the parameters of routes are called, and its number."""
    collection = MeshCollection.objects.create(organization_id=organization_id, name="Chairs")
    result = MeshResult.objects.create(collection=collection, job=job(), image_key="meshes/none")
    return {"collection_id": collection.pk, "result_id": result.pk, "file_format": "obj"}


def grow(growing: Any, step: int) -> None:
    """One more of everything, and one more below the first."""
    collection = MeshCollection.objects.create(
        organization_id=growing.actor.organization_id, name=f"Chairs {step}", job=growing.job("mesh-train"),
        created_by=growing.newest_member,
    )  # fmt: skip
    first = growing.first.setdefault("collection", collection)
    Mesh3D.objects.create(collection=collection, name="x", sha256="0" * 64, mesh_key="none", views_key="none")
    for owner in (collection, first):
        MeshResult.objects.create(collection=owner, job=growing.job("mesh-reconstruct"), image_key="none")
    Mesh3D.objects.create(
        collection=first, name=f"bad {step}", sha256=f"{step:064}", mesh_key="none", views_key="none",
        render_error="no faces",
    )  # fmt: skip


def ids(growing: Any) -> dict[str, int | str]:
    """What stands for the parameters of addresses."""
    collection = growing.first["collection"]
    return {"collection_id": collection.pk, "result_id": collection.results.first().pk}


def trained_collection(place: Any) -> MeshCollection:
    """A collection with rendered objects and a network."""

    def make() -> MeshCollection:
        organization = place.project().organization_id
        row = MeshCollection.objects.create(organization_id=organization, name="Boxes", model_key="meshes/net")
        for number in range(6):
            Mesh3D.objects.create(collection=row, name="box", sha256=f"{number:064d}", mesh_key="x", views_key="x")
        return row

    collection: MeshCollection = place.once("collection", make)
    return collection


def zip_of_one_mesh() -> SimpleUploadedFile:
    """One triangle as a model."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("box.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    return SimpleUploadedFile("models.zip", out.getvalue())


JOB_ORDERS = {
    "mesh-reconstruct": lambda place: place.job_of(
        f"mesh-collections/{trained_collection(place).pk}/results/", file=SimpleUploadedFile("photo.png", png(5))
    ),
    "mesh-render": lambda place: place.job_of(
        f"mesh-collections/{trained_collection(place).pk}/meshes/", file=zip_of_one_mesh()
    ),
    "mesh-train": lambda place: place.job_of(
        f"mesh-collections/{trained_collection(place).pk}/trainings/", {"steps": 1000}
    ),
}
STORED_PAYLOADS = {
    "mesh-reconstruct": {"collection_id": 1, "result_id": 2},
    "mesh-render": {"collection_id": 1},
    "mesh-train": {"collection_id": 1, "steps": 1000},
}
