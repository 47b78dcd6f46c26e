"""What tests of the whole house need of meshes."""

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from labelkit.tests.pictures import make_png
from tests.roles import SEEING, STAFF
from workers.applications.meshes.models import MeshCollection
from workers.applications.meshes.tests.factories import Mesh3DFactory, MeshCollectionFactory, MeshResultFactory

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
ROUTE_PARAMETERS = {"collection_id": MeshCollectionFactory, "result_id": MeshResultFactory, "file_format": "obj"}


def grow(growing: Any, step: int) -> None:
    """One more of everything, and one more below the first."""
    collection = MeshCollectionFactory(
        organization=growing.organization, job=growing.job("mesh-train"), created_by=growing.newest_member
    )
    first = growing.first.setdefault("collection", collection)
    Mesh3DFactory(collection=collection)
    for owner in (collection, first):
        MeshResultFactory(collection=owner, job=growing.job("mesh-reconstruct"))
    Mesh3DFactory(collection=first, render_error="no faces")


def ids(growing: Any) -> dict[str, int | str]:
    """What stands for the parameters of addresses."""
    collection = growing.first["collection"]
    return {"collection_id": collection.pk, "result_id": collection.results.first().pk}


def trained_collection(place: Any) -> MeshCollection:
    """A collection with rendered objects and a network."""

    def make() -> MeshCollection:
        collection = MeshCollectionFactory(organization=place.project().organization, model_key="meshes/net")
        Mesh3DFactory.create_batch(6, collection=collection)
        return collection

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
        f"mesh-collections/{trained_collection(place).pk}/results/", file=SimpleUploadedFile("photo.png", make_png(5))
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
