"""Collections of 3D models; ordering renderings, trainings and meshes."""

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
from plateau.access.scopes import Actor
from plateau.audit.services import record
from plateau.http.errors import Conflict, Invalid
from plateau.jobs import services as jobs
from plateau.jobs.models import Job
from plateau.jobs.queries import under_way
from plateau.storage.archives import BadArchive, TooLarge, open_zip, unpacked
from workers.applications.meshes.job_kinds import LEARN, MAKE, RENDER, LearnOrder, MakeOrder, RenderOrder
from workers.applications.meshes.models import Collection, Made, Thing

MOST_BYTES = 512 * 1024 * 1024
MOST_THINGS = 2000
MOST_FILES = 20_000
MOST_MESH = 50 * 1024 * 1024
MOST_PICTURE = 20 * 1024 * 1024
LEAST = 6


def _wrong(message: str) -> Invalid:
    return Invalid(f"file: {message}", [{"field": "file", "message": message}])


@transaction.atomic
def create_collection(*, actor: Actor, name: str) -> Collection:
    """Make a collection.

    Raises:
        Conflict: there is one of this name.
    """
    if Collection.objects.filter(organization_id=actor.organization_id, name=name).exists():
        raise Conflict(f"There is a collection “{name}” already.")
    row = Collection.objects.create(
        organization_id=actor.organization_id, name=name, created_by_id=actor.user_id or None
    )
    record(actor=actor, action="collection.created", subject=row, name=name)
    return row


def add_things(*, actor: Actor, collection: Collection, file: Any) -> Job:
    """Take the OBJ files of a zip, and have them rendered; those that are there already count once.

    Raises:
        Invalid: it is no zip, holds no OBJ file, or too much.
        Conflict: work on the collection is under way.
    """
    if file is None or file.size > MOST_BYTES:
        raise _wrong("is missing" if file is None else f"is larger than {MOST_BYTES >> 20} MiB")
    _check_idle(collection)
    wanted = [info for info in _opened(file).infolist() if _is_mesh(info)]
    if not wanted:
        raise _wrong("holds no file that ends in .obj")
    for _ in _meshes(file):
        pass  # all of them are checked before the first is kept
    with transaction.atomic():
        for name, data in _meshes(file):
            sha256 = hashlib.sha256(data).hexdigest()
            if collection.things.filter(sha256=sha256).exists():
                continue
            key = f"shapes/{collection.organization_id}/{collection.pk}/{sha256[:24]}.obj"
            key = default_storage.save(key, ContentFile(data))
            Thing.objects.create(collection=collection, name=name[:200], sha256=sha256, mesh_key=key)
        record(actor=actor, action="collection.things", subject=collection, files=len(wanted))
        return _keep(collection, jobs.submit(RENDER, RenderOrder(collection_id=collection.pk), actor=actor))


def _opened(file: Any) -> zipfile.ZipFile:
    try:
        return open_zip(file, most=MOST_FILES)
    except TooLarge as error:
        raise _wrong(f"has more than {MOST_FILES:,} entries") from error
    except BadArchive as error:
        raise _wrong("is no zip") from error


def _is_mesh(info: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(info.filename.replace("\\", "/"))
    return not info.is_dir() and name.suffix.lower() == ".obj" and not name.name.startswith(".")


def _meshes(file: Any) -> Iterator[tuple[str, bytes]]:
    """Names and bytes, one file in memory at a time."""
    with _opened(file) as archive:
        for info in filter(_is_mesh, archive.infolist()):
            name = PurePosixPath(info.filename.replace("\\", "/"))
            try:
                data = unpacked(archive, info, most=MOST_MESH)
            except TooLarge as error:
                raise _wrong(f"{name.name} is larger than {MOST_MESH >> 20} MiB unpacked") from error
            except BadArchive as error:
                raise _wrong(f"{name.name} cannot be unpacked: {error}") from error
            yield name.stem, data
            del data  # the next one is unpacked before this name is given to it


def order_training(*, actor: Actor, collection: Collection, steps: int) -> Job:
    """Train a network on the things, a fifth held out to judge it.

    Raises:
        Conflict: there are too few, or work is under way.
    """
    _check_idle(collection)
    ready = collection.things.exclude(views_key="").count()
    if ready < LEAST:
        raise Conflict(f"A network needs at least {LEAST} models that could be rendered; there are {ready}.")
    with transaction.atomic():
        record(actor=actor, action="collection.train", subject=collection, steps=steps)
        order = LearnOrder(collection_id=collection.pk, steps=steps)
        return _keep(collection, jobs.submit(LEARN, order, actor=actor))


def order_mesh(*, actor: Actor, collection: Collection, file: Any) -> Made:
    """Make a mesh of a picture.

    Raises:
        Conflict: no network was trained yet.
        Invalid: it is no picture, or too large.
    """
    if not collection.model_key:
        raise Conflict("No network was trained on this collection yet.")
    if file is None or file.size > MOST_PICTURE:
        raise _wrong("is missing" if file is None else f"is larger than {MOST_PICTURE >> 20} MiB")
    data = file.read()
    try:
        ImageMedia().probe(data, max_pixels=settings.MAX_IMAGE_PIXELS)
    except UnreadableFile as error:
        raise _wrong(f"is no picture that can be taken: {error}") from error
    with transaction.atomic():
        key = default_storage.save(
            f"shapes/{collection.organization_id}/{collection.pk}/pictures/{hashlib.sha256(data).hexdigest()[:24]}",
            ContentFile(data),
        )
        return jobs.submit_with(
            MAKE,
            row=lambda job: Made.objects.create(
                collection=collection, job=job, picture_key=key, created_by_id=actor.user_id or None
            ),
            payload=lambda made: MakeOrder(collection_id=collection.pk, made_id=made.pk),
            actor=actor,
        )


def _check_idle(collection: Collection) -> None:
    if under_way(RENDER, LEARN, collection=collection.pk).exists():
        raise Conflict("Work on this collection is under way. Wait for it, or cancel it.")


def _keep(collection: Collection, job: Job) -> Job:
    collection.job = job
    collection.save(update_fields=["job"])
    return job
