"""Mesh collections: uploads, and the jobs that render, train and reconstruct."""

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from labelkit.media import UnreadableFile
from labelkit.media.image import ImageMedia
from labelkit.messages import Message
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from plateau.jobs.queries import find_unfinished_jobs
from plateau.storage.archives import BadArchive, TooLarge, open_zip, unpacked
from workers.applications.meshes.errors import (
    InvalidMeshFile,
    MeshCollectionBusy,
    MeshCollectionNameTaken,
    MeshNetworkNotTrained,
    TooFewMeshes,
)
from workers.applications.meshes.job_kinds import (
    RECONSTRUCT,
    RENDER,
    TRAIN,
    ReconstructPayload,
    RenderPayload,
    TrainNetworkPayload,
)
from workers.applications.meshes.models import Mesh3D, MeshCollection, MeshResult

MAX_BYTES = 512 * 1024 * 1024
MAX_FILES = 20_000
MAX_MESH_BYTES = 50 * 1024 * 1024
MAX_IMAGE_BYTES = 20 * 1024 * 1024
MIN_MESHES = 6


@transaction.atomic
def create_collection(*, actor: Actor, name: str) -> MeshCollection:
    """Create a collection without meshes.

    Raises:
        MeshCollectionNameTaken: there is one of this name.
    """
    if MeshCollection.objects.filter(organization_id=actor.organization_id, name=name).exists():
        raise MeshCollectionNameTaken(name)
    collection = MeshCollection.objects.create(
        organization_id=actor.organization_id, name=name, created_by_id=actor.user_id or None
    )
    record(actor=actor, action="mesh_collection.created", subject=collection, name=name)
    return collection


def add_meshes(*, actor: Actor, collection: MeshCollection, file: Any) -> Job:
    """Store the OBJ files of a zip, each content once, and enqueue their rendering.

    Raises:
        InvalidMeshFile: it is no zip, holds no OBJ file, or too much.
        MeshCollectionBusy: a rendering or training is queued or running.
    """
    if file is None or file.size > MAX_BYTES:
        raise InvalidMeshFile(
            "is missing" if file is None else Message("is larger than {limit} MiB", limit=MAX_BYTES >> 20)
        )
    _check_idle(collection)
    entries = [info for info in _open_archive(file).infolist() if _is_mesh(info)]
    if not entries:
        raise InvalidMeshFile("has no .obj file")
    for _ in _read_meshes(file):
        pass  # all of them are checked before the first is stored
    with transaction.atomic():
        _check_idle(collection, lock=True)
        for name, data in _read_meshes(file):
            sha256 = hashlib.sha256(data).hexdigest()
            if collection.meshes.filter(sha256=sha256).exists():
                continue
            key = f"meshes/{collection.organization_id}/{collection.pk}/{sha256[:24]}.obj"
            key = default_storage.save(key, ContentFile(data))
            Mesh3D.objects.create(collection=collection, name=name[:200], sha256=sha256, mesh_key=key)
        record(actor=actor, action="mesh_collection.meshes_added", subject=collection, files=len(entries))
        return _set_job(collection, jobs.submit(RENDER, RenderPayload(collection_id=collection.pk), actor=actor))


def _open_archive(file: Any) -> zipfile.ZipFile:
    try:
        return open_zip(file, max_entries=MAX_FILES)
    except TooLarge as error:
        raise InvalidMeshFile(Message("has more than {max_files:,} entries", max_files=MAX_FILES)) from error
    except BadArchive as error:
        raise InvalidMeshFile("is not a ZIP file") from error


def _is_mesh(info: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(info.filename.replace("\\", "/"))
    return not info.is_dir() and name.suffix.lower() == ".obj" and not name.name.startswith(".")


def _read_meshes(file: object) -> Iterator[tuple[str, bytes]]:
    """Names and bytes, one file in memory at a time."""
    with _open_archive(file) as archive:
        for info in filter(_is_mesh, archive.infolist()):
            name = PurePosixPath(info.filename.replace("\\", "/"))
            try:
                data = unpacked(archive, info, max_bytes=MAX_MESH_BYTES)
            except TooLarge as error:
                raise InvalidMeshFile(
                    Message("{name} is larger than {limit} MiB unpacked", name=name.name, limit=MAX_MESH_BYTES >> 20)
                ) from error
            except BadArchive as error:
                raise InvalidMeshFile(
                    Message("{name} cannot be unpacked: {error}", name=name.name, error=error)
                ) from error
            yield name.stem, data
            del data  # the next one is unpacked before this name is given to it


def submit_training(*, actor: Actor, collection: MeshCollection, steps: int) -> Job:
    """Enqueue the training of a network; a fifth of the meshes is held out to test it.

    Raises:
        TooFewMeshes: too few were rendered.
        MeshCollectionBusy: a rendering or training is queued or running.
    """
    with transaction.atomic():
        _check_idle(collection, lock=True)
        rendered = collection.meshes.exclude(views_key="").count()
        if rendered < MIN_MESHES:
            raise TooFewMeshes(minimum=MIN_MESHES, available=rendered)
        record(actor=actor, action="mesh_collection.training_submitted", subject=collection, steps=steps)
        payload = TrainNetworkPayload(collection_id=collection.pk, steps=steps)
        return _set_job(collection, jobs.submit(TRAIN, payload, actor=actor))


def submit_reconstruction(*, actor: Actor, collection: MeshCollection, file: Any) -> MeshResult:
    """Enqueue the reconstruction of the mesh of an image.

    Raises:
        MeshNetworkNotTrained: the collection has no network.
        InvalidMeshFile: it is no image, or too large.
    """
    if not collection.model_key:
        raise MeshNetworkNotTrained
    if file is None or file.size > MAX_IMAGE_BYTES:
        raise InvalidMeshFile(
            "is missing" if file is None else Message("is larger than {limit} MiB", limit=MAX_IMAGE_BYTES >> 20)
        )
    data = file.read()
    try:
        ImageMedia().probe(data, max_pixels=settings.MAX_IMAGE_PIXELS)
    except UnreadableFile as error:
        raise InvalidMeshFile(Message("is not a usable image: {error}", error=error)) from error
    with transaction.atomic():
        key = default_storage.save(
            f"meshes/{collection.organization_id}/{collection.pk}/images/{hashlib.sha256(data).hexdigest()[:24]}",
            ContentFile(data),
        )
        return jobs.submit_with(
            RECONSTRUCT,
            row=lambda job: MeshResult.objects.create(
                collection=collection, job=job, image_key=key, created_by_id=actor.user_id or None
            ),
            payload=lambda result: ReconstructPayload(collection_id=collection.pk, result_id=result.pk),
            actor=actor,
        )


def _check_idle(collection: MeshCollection, *, lock: bool = False) -> None:
    """Refuse while a job reads the meshes; with `lock`, nobody else submits one before this transaction ends."""
    if lock:
        MeshCollection.objects.select_for_update().get(pk=collection.pk)
    if find_unfinished_jobs(RENDER, TRAIN, collection=collection.pk).exists():
        raise MeshCollectionBusy


def _set_job(collection: MeshCollection, job: Job) -> Job:
    collection.job = job
    collection.save(update_fields=["job"])
    return job
