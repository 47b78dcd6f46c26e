"""Routes of mesh collections and of meshes reconstructed from images."""

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
from plateau.http.errors import NotFound
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import parse
from plateau.jobs.api import JobOut, job_out
from workers.applications.meshes import queries, services
from workers.applications.meshes.errors import (
    InvalidMeshFile,
    MeshCollectionBusy,
    MeshCollectionNameTaken,
    MeshFormatNotFound,
    MeshImageMissing,
    MeshNetworkNotTrained,
    MeshResultNotReady,
    TooFewMeshes,
)
from workers.applications.meshes.filters import MESH_COLLECTIONS
from workers.applications.meshes.models import MeshCollection, MeshResult
from workers.applications.meshes.recipes.geometry import Mesh, write_obj
from workers.applications.meshes.recipes.glb import write_glb
from workers.applications.meshes.schemas import (
    MeshCollectionDetailOut,
    MeshCollectionIn,
    MeshCollectionOut,
    MeshResultDetailOut,
    MeshResultOut,
    MeshTrainingIn,
)

MEDIA_TYPES = {"obj": "model/obj", "glb": "model/gltf-binary"}


def _file_body(description: str) -> dict[str, object]:
    file = {"type": "string", "format": "binary", "description": description}
    return {"multipart/form-data": {"type": "object", "properties": {"file": file}, "required": ["file"]}}


class MeshCollectionList(Endpoint):
    """Mesh collections of the organization."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ, "POST": Scope.RUNS_WRITE}

    @document(summary="Mesh collections, newest first", out=Page[MeshCollectionOut], query=MESH_COLLECTIONS)
    def get(self, request: Request) -> Response:
        """One page."""
        listing = MESH_COLLECTIONS.rows(request, MeshCollection.objects.visible_to(self.actor))
        return Response(listing.page(queries.mesh_collections_out(listing.rows)))

    @document(
        summary="Create a mesh collection", body=MeshCollectionIn, out=MeshCollectionDetailOut, status=201,
        errors=[MeshCollectionNameTaken],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Without meshes."""
        collection = services.create_collection(actor=self.actor, name=parse(MeshCollectionIn, request.data).name)
        return Response(queries.mesh_collection_detail(collection), status=201)


class MeshCollectionDetail(Endpoint):
    """One mesh collection."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="A mesh collection, its network and its newest results", out=MeshCollectionDetailOut,
        errors=[NotFound],
    )  # fmt: skip
    def get(self, request: Request, collection_id: int) -> Response:
        """The collection."""
        collections = MeshCollection.objects.visible_to(self.actor).select_related("job")
        return Response(queries.mesh_collection_detail(collections.get_or_404(pk=collection_id)))


class MeshCollectionMeshes(Endpoint):
    """Meshes of a collection."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}
    parser_classes = (MultiPartParser,)

    @document(
        summary="Upload meshes", body=_file_body("A zip of OBJ files"), out=JobOut, status=201,
        errors=[NotFound, MeshCollectionBusy, InvalidMeshFile],
    )  # fmt: skip
    def post(self, request: Request, collection_id: int) -> Response:
        """A worker renders them from all around.

        Raises:
            InvalidMeshFile: it is no zip, or holds no OBJ file.
        """
        collection = MeshCollection.objects.visible_to(self.actor).select_related("job").get_or_404(pk=collection_id)
        job = services.add_meshes(actor=self.actor, collection=collection, file=request.FILES.get("file"))
        return Response(job_out(job), status=201)


class MeshCollectionTrainings(Endpoint):
    """Trainings on a collection."""

    scopes: ClassVar = {"POST": Scope.RUNS_WRITE}

    @document(
        summary="Train a network on the silhouettes of a collection", body=MeshTrainingIn, out=JobOut, status=201,
        errors=[NotFound, MeshCollectionBusy, TooFewMeshes],
    )  # fmt: skip
    def post(self, request: Request, collection_id: int) -> Response:
        """A worker trains; a fifth of the meshes is held out."""
        collection = MeshCollection.objects.visible_to(self.actor).select_related("job").get_or_404(pk=collection_id)
        steps = parse(MeshTrainingIn, request.data).steps
        return Response(
            job_out(services.submit_training(actor=self.actor, collection=collection, steps=steps)), status=201
        )


class MeshCollectionResults(Endpoint):
    """Meshes reconstructed by the network of a collection."""

    scopes: ClassVar = {"POST": Scope.MODELS_PREDICT}
    parser_classes = (MultiPartParser,)

    @document(
        summary="Reconstruct the mesh of an image", body=_file_body("An image with a plain or transparent background"),
        out=MeshResultOut, status=201, errors=[NotFound, MeshNetworkNotTrained, InvalidMeshFile],
    )  # fmt: skip
    def post(self, request: Request, collection_id: int) -> Response:
        """A worker does it, within seconds.

        Raises:
            InvalidMeshFile: it is no image.
        """
        collection = MeshCollection.objects.visible_to(self.actor).get_or_404(pk=collection_id)
        result = services.submit_reconstruction(actor=self.actor, collection=collection, file=request.FILES.get("file"))
        return Response(queries.mesh_result_out(result), status=201)


class MeshResultDetail(Endpoint):
    """One reconstructed mesh."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(summary="A reconstructed mesh", out=MeshResultDetailOut, errors=[NotFound])
    def get(self, request: Request, result_id: int) -> Response:
        """Its vertices and faces, once its job is done."""
        results = MeshResult.objects.visible_to(self.actor).select_related("job")
        return Response(queries.mesh_result_detail(results.get_or_404(pk=result_id)))


class MeshResultImage(Endpoint):
    """The image of a reconstructed mesh."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="The image of a reconstructed mesh",
        out=bytes,
        errors=[NotFound, MeshImageMissing],
        media="application/octet-stream",
    )
    def get(self, request: Request, result_id: int) -> HttpResponseBase:
        """As it was uploaded."""
        result = MeshResult.objects.visible_to(self.actor).get_or_404(pk=result_id)
        if not default_storage.exists(result.image_key):
            raise MeshImageMissing
        response = FileResponse(default_storage.open(result.image_key), content_type="application/octet-stream")
        response["Content-Disposition"] = "attachment"
        return response


class MeshResultFile(Endpoint):
    """A reconstructed mesh as a file."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="A reconstructed mesh as OBJ or GLB", out=bytes, media="application/octet-stream",
        errors=[NotFound, MeshFormatNotFound, MeshResultNotReady],
    )  # fmt: skip
    def get(self, request: Request, result_id: int, file_format: str) -> HttpResponseBase:
        """The file.

        Raises:
            MeshFormatNotFound: there is no such format.
            MeshResultNotReady: the job is not done.
        """
        result = MeshResult.objects.visible_to(self.actor).get_or_404(pk=result_id)
        if file_format not in MEDIA_TYPES:
            raise MeshFormatNotFound
        if not result.vertices:
            raise MeshResultNotReady
        mesh = Mesh(np.array(result.vertices, dtype=np.float64), np.array(result.faces, dtype=np.int64))
        data = write_obj(mesh).encode() if file_format == "obj" else write_glb(mesh)
        response = HttpResponse(data, content_type=MEDIA_TYPES[file_format])
        response["Content-Disposition"] = f'attachment; filename="mesh-{result.pk}.{file_format}"'
        return response
