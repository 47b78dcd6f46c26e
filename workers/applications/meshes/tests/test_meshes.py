"""Models in, a network, a mesh of a photo: the work of a trainer, in this process; and what is refused, by name."""

import io
import json
import struct
import threading
import time
import zipfile

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from PIL import Image, ImageDraw

from plateau.http.errors import Conflict, InvalidInput
from plateau.jobs import services as jobs
from plateau.jobs.kinds import JOB_KINDS
from plateau.jobs.models import Job
from plateau.jobs.services import Claim
from workers.applications.meshes import handlers as work
from workers.applications.meshes import services
from workers.applications.meshes.errors import MeshCollectionBusy
from workers.applications.meshes.models import MeshCollection, MeshResult
from workers.applications.meshes.recipes.geometry import sphere
from workers.applications.meshes.recipes.glb import write_glb
from workers.applications.meshes.recipes.photo import extract_silhouette, prepare_image
from workers.applications.meshes.recipes.tests.test_mesh import BOX
from workers.applications.meshes.tests.factories import Mesh3DFactory, MeshCollectionFactory
from workers.runtime.job_run import JobRun

pytestmark = pytest.mark.django_db


def zip_of_meshes(count: int, broken: bool = False) -> SimpleUploadedFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(f"box {number}.obj", BOX.replace("v 1 ", f"v {1 + number / 10} "))
        if broken:
            archive.writestr("broken.obj", "v 0 0 0\nf 1 2 3\n")
        archive.writestr("readme.txt", "no model")
    return SimpleUploadedFile("models.zip", out.getvalue())


def photo(transparent: bool = False) -> SimpleUploadedFile:
    image = Image.new("RGBA", (200, 150), (0, 0, 0, 0) if transparent else (240, 240, 235, 255))
    ImageDraw.Draw(image).rectangle([60, 40, 140, 110], fill=(90, 60, 40, 255))
    out = io.BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile("photo.png", out.getvalue())


@pytest.fixture
def collection(people) -> MeshCollection:
    return services.create_collection(actor=people.actor("scientist"), name="Boxes")


class SilentRun(JobRun):
    def log(self, step: int, total: int, **values: float) -> None:
        """Keep nothing."""


@pytest.fixture
def do(tmp_path, monkeypatch):
    monkeypatch.setattr(jobs, "report", lambda **_: None)
    monkeypatch.setattr(work, "TRAINING_PARAMS", {"learning_rate": 1e-3, "width": 4})

    def run(job: Job) -> dict:
        entry = JOB_KINDS[job.kind]
        run = SilentRun(claim=Claim(job.pk, 1), workdir=tmp_path, cache=tmp_path, stop=threading.Event())
        result = entry.load_handler()(job, run, entry.kind.parse(job.payload))
        Job.objects.filter(pk=job.pk).update(state="done")
        return result

    return run


@pytest.mark.parametrize("transparent", [False, True])
def test_the_thing_of_a_photo_is_found_and_put_in_the_middle(transparent):
    image = Image.open(photo(transparent))
    inside = extract_silhouette(np.asarray(image))
    assert inside[75, 100]
    assert not inside[10, 10]
    assert abs(int(inside.sum()) - 81 * 71) < 300
    cut = prepare_image(image)
    assert cut.shape == (4, 64, 64)
    rows = np.flatnonzero((cut[3] > 128).any(axis=1))
    columns = np.flatnonzero((cut[3] > 128).any(axis=0))
    assert abs(rows.mean() - 31.5) < 2
    assert abs(columns.mean() - 31.5) < 2
    assert 45 < np.ptp(columns) < 56


def test_a_photo_of_nothing_says_what_to_do():
    with pytest.raises(ValueError, match="plain wall"):
        prepare_image(Image.new("RGB", (100, 100), (200, 200, 200)))


def test_a_glb_file_is_what_gltf_says():
    mesh = sphere(1)
    data = write_glb(mesh)
    magic, version, length = struct.unpack("<4sII", data[:12])
    assert (magic, version, length) == (b"glTF", 2, len(data))
    size, kind = struct.unpack("<I4s", data[12:20])
    head = json.loads(data[20 : 20 + size])
    assert kind == b"JSON"
    assert head["accessors"][0]["count"] == len(mesh.vertices)
    assert head["accessors"][2]["count"] == mesh.faces.size
    body = data[20 + size + 8 :]
    first = np.frombuffer(body[: 12 * len(mesh.vertices)], dtype="<f4").reshape(-1, 3)
    assert np.allclose(first, mesh.vertices, atol=1e-6)


def test_wrong_files_are_refused_and_nothing_is_kept(people, collection):
    actor = people.actor("scientist")
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    for data, message in ((b"no zip", "is not a ZIP file"), (empty.getvalue(), "no .obj file")):
        with pytest.raises(InvalidInput, match=message):
            services.add_meshes(actor=actor, collection=collection, file=SimpleUploadedFile("a.zip", data))
    with pytest.raises(Conflict, match="at least 6"):
        services.submit_training(actor=actor, collection=collection, steps=10)
    with pytest.raises(Conflict, match="No model"):
        services.submit_reconstruction(actor=actor, collection=collection, file=photo())
    collection.model_key = "meshes/none"
    with pytest.raises(InvalidInput, match="not a usable image"):
        services.submit_reconstruction(actor=actor, collection=collection, file=SimpleUploadedFile("a.png", b"text"))
    assert not collection.meshes.exists()
    assert not MeshResult.objects.exists()


def wait_for_a_lock_to_be_waited_for() -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_of_two_trainings_at_once_the_second_is_rejected(people):
    actor = people.actor("scientist")
    collection = MeshCollectionFactory(organization=people.organizations["ours"])
    Mesh3DFactory.create_batch(services.MIN_MESHES, collection=collection)
    outcomes: list[str] = []

    def submit() -> None:
        try:
            services.submit_training(actor=actor, collection=collection, steps=10)
            outcomes.append("submitted")
        except MeshCollectionBusy as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    second = threading.Thread(target=submit)
    with transaction.atomic():
        services.submit_training(actor=actor, collection=collection, steps=10)
        second.start()
        wait_for_a_lock_to_be_waited_for()
    second.join(timeout=20)
    assert outcomes == [MeshCollectionBusy.code]
    assert Job.objects.filter(kind="mesh-train").count() == 1


@pytest.mark.no_cover
def test_from_models_to_the_mesh_of_a_photo(people, collection, do):
    actor = people.actor("scientist")
    job = services.add_meshes(actor=actor, collection=collection, file=zip_of_meshes(7, broken=True))
    with pytest.raises(Conflict, match="job of this collection"):
        services.add_meshes(actor=actor, collection=collection, file=zip_of_meshes(7))
    assert do(job) == {"rendered": 7, "failed": 1}
    assert collection.meshes.get(name="broken").render_error.startswith("line 2")
    collection.refresh_from_db()
    again = services.add_meshes(actor=actor, collection=collection, file=zip_of_meshes(7))
    assert do(again) == {"rendered": 0, "failed": 0}  # the same files count once
    assert collection.meshes.count() == 8

    collection.refresh_from_db()
    do(services.submit_training(actor=actor, collection=collection, steps=10))
    collection.refresh_from_db()
    assert [row["name"] for row in collection.report["methods"]] == ["network", "nearest", "mean"]
    assert collection.report["test_count"] == 2
    result = services.submit_reconstruction(actor=people.actor("scientist"), collection=collection, file=photo())
    client = people.client("scientist")
    assert client.get(f"/api/v1/mesh-results/{result.pk}/files/obj/").status_code == 409
    do(result.job)
    body = client.get(f"/api/v1/mesh-results/{result.pk}/").json()
    assert (len(body["vertices"]), len(body["faces"])) == (642, 1280)
    obj = client.get(f"/api/v1/mesh-results/{result.pk}/files/obj/")
    assert obj.content.startswith(b"v ")
    assert obj["Content-Disposition"].startswith("attachment")
    assert client.get(f"/api/v1/mesh-results/{result.pk}/files/glb/").content[:4] == b"glTF"
    assert client.get(f"/api/v1/mesh-results/{result.pk}/files/stl/").status_code == 404
    detail = client.get(f"/api/v1/mesh-collections/{collection.pk}/").json()
    assert (detail["mesh_count"], detail["rendered_count"], detail["is_trained"]) == (8, 7, True)
    assert detail["render_errors"][0]["name"] == "broken"
