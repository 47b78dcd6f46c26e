"""What tests of the whole house need of meshes."""

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from conftest import png
from tests.roles import SEEING, STAFF
from workers.applications.meshes.models import Collection, Made, Thing

PERMISSIONS = {
    ("GET", "shapes/"): SEEING,
    ("POST", "shapes/"): STAFF,
    ("GET", "shapes/<int:collection_id>/"): SEEING,
    ("POST", "shapes/<int:collection_id>/models/"): STAFF,
    ("POST", "shapes/<int:collection_id>/train/"): STAFF,
    ("POST", "shapes/<int:collection_id>/meshes/"): SEEING,
    ("GET", "meshes/<int:made_id>/"): SEEING,
    ("GET", "meshes/<int:made_id>/picture/"): SEEING,
    ("GET", "meshes/<int:made_id>/file/<str:form>/"): SEEING,
}
BODIES = {("POST", "shapes/"): {"name": "Tables"}}
QUERY: dict[str, str] = {}
FIXED_LISTS: dict[str, str] = {}


def rows_of_another_organization(organization_id: int, job: Any) -> dict[str, int | str]:
    """A row of everything: what the parameters of routes are called, and its number."""
    collection = Collection.objects.create(organization_id=organization_id, name="Chairs")
    made = Made.objects.create(collection=collection, job=job(), picture_key="shapes/none")
    return {"collection_id": collection.pk, "made_id": made.pk, "form": "obj"}


def grow(growing: Any, step: int) -> None:
    """One more of everything, and one more below the first."""
    collection = Collection.objects.create(
        organization_id=growing.actor.organization_id, name=f"Chairs {step}", job=growing.job("shapes"),
        created_by=growing.newest_member,
    )  # fmt: skip
    first = growing.first.setdefault("collection", collection)
    Thing.objects.create(collection=collection, name="x", sha256="0" * 64, mesh_key="none", views_key="none")
    for owner in (collection, first):
        Made.objects.create(collection=owner, job=growing.job("shapes-predict"), picture_key="none")
    Thing.objects.create(
        collection=first, name=f"bad {step}", sha256=f"{step:064}", mesh_key="none", views_key="none",
        problem="no faces",
    )  # fmt: skip


def ids(growing: Any) -> dict[str, int | str]:
    """What stands for the parameters of addresses."""
    collection = growing.first["collection"]
    return {"collection_id": collection.pk, "made_id": collection.made.first().pk}


def collection_of(place: Any) -> Collection:
    """A collection with rendered things and a network."""

    def make() -> Collection:
        organization = place.project().organization_id
        row = Collection.objects.create(organization_id=organization, name="Boxes", model_key="shapes/net")
        for number in range(6):
            Thing.objects.create(collection=row, name="box", sha256=f"{number:064d}", mesh_key="x", views_key="x")
        return row

    made: Collection = place.once("collection", make)
    return made


def zipped() -> SimpleUploadedFile:
    """One triangle as a model."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("box.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    return SimpleUploadedFile("models.zip", out.getvalue())


JOB_ORDERS = {
    "shapes-predict": lambda place: place.job_of(
        f"shapes/{collection_of(place).pk}/meshes/", file=SimpleUploadedFile("photo.png", png(5))
    ),
    "shapes-render": lambda place: place.job_of(f"shapes/{collection_of(place).pk}/models/", file=zipped()),
    "shapes-train": lambda place: place.job_of(f"shapes/{collection_of(place).pk}/train/", {"steps": 1000}),
}
STORED_PAYLOADS = {
    "shapes-predict": {"collection_id": 1, "made_id": 2},
    "shapes-render": {"collection_id": 1},
    "shapes-train": {"collection_id": 1, "steps": 1000},
}
