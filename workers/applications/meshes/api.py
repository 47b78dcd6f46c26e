"""Routes of collections of 3D models and of meshes made of pictures."""

from typing import ClassVar

import numpy as np
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import Conflict, NotFound
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import parse
from plateau.jobs.api import JobOut, job_out
from workers.applications.meshes import queries, services
from workers.applications.meshes.filters import COLLECTIONS
from workers.applications.meshes.models import Collection, Made
from workers.applications.meshes.recipes.geometry import Mesh, write_obj
from workers.applications.meshes.recipes.glb import write_glb
from workers.applications.meshes.schemas import CollectionDetail, CollectionIn, CollectionOut, MadeOut, MeshOut, TrainIn

MEDIA = {"obj": "model/obj", "glb": "model/gltf-binary"}


def _file(what: str) -> dict[str, object]:
    file = {"type": "string", "format": "binary", "description": what}
    return {"multipart/form-data": {"type": "object", "properties": {"file": file}, "required": ["file"]}}


class CollectionList(Endpoint):
    """Collections of 3D models."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_WRITE}

    @document(summary="Collections of 3D models, newest first", out=Page[CollectionOut], query=COLLECTIONS)
    def get(self, request: Request) -> Response:
        """One page."""
        found = COLLECTIONS.rows(request, Collection.objects.visible_to(self.actor))
        return Response(found.page(queries.collections_out(found.rows)))

    @document(summary="Make a collection", body=CollectionIn, out=CollectionDetail, status=201, refusals=[Conflict])
    def post(self, request: Request) -> Response:
        """Without models yet."""
        row = services.create_collection(actor=self.actor, name=parse(CollectionIn, request.data).name)
        return Response(queries.detail_of(row), status=201)


class CollectionOne(Endpoint):
    """One collection."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(summary="A collection, its network and its newest meshes", out=CollectionDetail, refusals=[NotFound])
    def get(self, request: Request, collection_id: int) -> Response:
        """The collection."""
        rows = Collection.objects.visible_to(self.actor).select_related("job")
        return Response(queries.detail_of(rows.one(pk=collection_id)))


class CollectionModels(Endpoint):
    """3D models of a collection."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}
    parser_classes = (MultiPartParser,)

    @document(
        summary="Send 3D models", body=_file("A zip of OBJ files"), out=JobOut, status=201,
        refusals=[NotFound, Conflict],
    )  # fmt: skip
    def post(self, request: Request, collection_id: int) -> Response:
        """A worker renders them from all around.

        Raises:
            Invalid: it is no zip, or holds no OBJ file.
        """
        row = Collection.objects.visible_to(self.actor).select_related("job").one(pk=collection_id)
        job = services.add_things(actor=self.actor, collection=row, file=request.FILES.get("file"))
        return Response(job_out(job), status=201)


class CollectionTrain(Endpoint):
    """Training on a collection."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @document(
        summary="Learn meshes from silhouettes", body=TrainIn, out=JobOut, status=201, refusals=[NotFound, Conflict]
    )
    def post(self, request: Request, collection_id: int) -> Response:
        """A worker trains; a fifth of the models is held out."""
        row = Collection.objects.visible_to(self.actor).select_related("job").one(pk=collection_id)
        steps = parse(TrainIn, request.data).steps
        job = services.order_training(actor=self.actor, collection=row, steps=steps)
        return Response(job_out(job), status=201)


class CollectionMeshes(Endpoint):
    """Meshes of pictures."""

    scopes: ClassVar = {"POST": Scope.MODELS_PREDICT}
    parser_classes = (MultiPartParser,)

    @document(
        summary="Make a mesh of a picture", body=_file("A picture before a plain or transparent background"),
        out=MadeOut, status=201, refusals=[NotFound, Conflict],
    )  # fmt: skip
    def post(self, request: Request, collection_id: int) -> Response:
        """A worker makes it, within seconds.

        Raises:
            Invalid: it is no picture.
        """
        row = Collection.objects.visible_to(self.actor).one(pk=collection_id)
        made = services.order_mesh(actor=self.actor, collection=row, file=request.FILES.get("file"))
        return Response(queries.made_out(made), status=201)


class MeshOne(Endpoint):
    """One mesh."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(summary="A mesh", out=MeshOut, refusals=[NotFound])
    def get(self, request: Request, made_id: int) -> Response:
        """Its points, once it is done."""
        rows = Made.objects.visible_to(self.actor).select_related("job")
        return Response(queries.mesh_out(rows.one(pk=made_id)))


class MeshPicture(Endpoint):
    """The picture that a mesh was made of."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(summary="The picture that a mesh was made of", out=bytes, refusals=[NotFound], media="image/*")
    def get(self, request: Request, made_id: int) -> HttpResponseBase:
        """As it was sent."""
        row = Made.objects.visible_to(self.actor).one(pk=made_id)
        if not default_storage.exists(row.picture_key):
            raise NotFound("The picture is gone.")
        answer = FileResponse(default_storage.open(row.picture_key), content_type="application/octet-stream")
        answer["Content-Disposition"] = "attachment"
        return answer


class MeshFile(Endpoint):
    """A mesh as a file."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="A mesh as OBJ or GLB", out=bytes, refusals=[NotFound, Conflict], media="application/octet-stream"
    )
    def get(self, request: Request, made_id: int, form: str) -> HttpResponseBase:
        """The file.

        Raises:
            NotFound: there is no such form.
            Conflict: the mesh is not done.
        """
        row = Made.objects.visible_to(self.actor).one(pk=made_id)
        if form not in MEDIA:
            raise NotFound("A mesh can be had as obj or glb.")
        if not row.vertices:
            raise Conflict("The mesh is not done yet.")
        mesh = Mesh(np.array(row.vertices, dtype=np.float64), np.array(row.faces, dtype=np.int64))
        data = write_obj(mesh).encode() if form == "obj" else write_glb(mesh)
        answer = HttpResponse(data, content_type=MEDIA[form])
        answer["Content-Disposition"] = f'attachment; filename="mesh-{row.pk}.{form}"'
        return answer
