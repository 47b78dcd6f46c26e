"""Files on S3 by one setting, against a moto server."""

import io
import uuid
import zipfile
from datetime import timedelta

import boto3
import numpy as np
import orjson
import pytest
import requests
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from annotation.labeling import queue
from annotation.snapshots.services import build_snapshot, create_snapshot
from labelkit.tests.pictures import make_png
from plateau.datalake import multipart
from plateau.datalake.models import Asset, IngestBatch, MultipartFile
from plateau.datalake.services import create_dataset, ingest, ingest_file, open_batch, stage_file
from plateau.datalake.tests.factories import ItemFactory, StorageSourceFactory
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running
from plateau.storage.presigned import storage_origins
from workers.runtime.dataset import load_dataset


@pytest.fixture
def s3(settings, s3_server):
    storages = dict(settings.STORAGES)
    storages["default"] = {
        "BACKEND": "plateau.storage.guarded_bucket.GuardedBucket",
        "OPTIONS": {
            "bucket_name": "plateau",
            "endpoint_url": s3_server,
            "querystring_expire": 300,
            "file_overwrite": True,
        },
    }
    settings.STORAGES = storages
    settings.S3_PUBLIC_URL, settings.STORAGE_URL = s3_server, "s3://plateau"
    return s3_server


@pytest.mark.django_db
def test_pictures_and_snapshots_live_on_s3_and_are_fetched_for_training(s3, people, make_project, tmp_path):
    project, actor = make_project(items=3), people.actor("annotator")
    for task in queue.lease_next_tasks(actor=actor, project_id=project.pk, count=3).tasks:
        queue.submit_annotation(actor=actor, task_id=task["id"], value={"label": "pear"}, client_id=uuid.uuid4())
    asset = Asset.objects.order_by("pk").first()
    response = people.client("annotator").get(f"/api/v1/assets/{asset.pk}/content/")
    assert response.status_code == 302
    assert response["Location"].startswith(s3)
    assert "Signature" in response["Location"]
    picture = requests.get(response["Location"], timeout=5)
    assert (picture.content, picture.headers["Content-Type"]) == (make_png(0), "image/png")

    snapshot = create_snapshot(actor=people.actor("manager"), project=project)
    claim = jobs.claim_job(job_id=snapshot.job_id, worker="test")
    build_snapshot(Running(claim, snapshot.job))
    snapshot.refresh_from_db()
    dataset = load_dataset(snapshot, cache=tmp_path)
    pictures = {example.path.read_bytes() for example in [*dataset.train, *dataset.test]}
    assert pictures == {make_png(0), make_png(1), make_png(2)}
    assert all(tmp_path in example.path.parents for example in dataset.train)


@pytest.mark.django_db
def test_files_that_operators_put_into_the_bucket_are_read_by_their_organization_alone(s3, people, make_project):
    """The storage's client takes a backslash for a slash, and then `..` for the folder above."""
    project, client = make_project(items=0), people.client("annotator")
    for organization in people.organizations.values():
        StorageSourceFactory(organization=organization)
    default_storage.save("imports/ours/a.png", ContentFile(make_png(1)))
    default_storage.save("imports/theirs/secret.png", ContentFile(make_png(2)))
    outside = [
        "theirs/secret.png",
        "../theirs/secret.png",
        "..\\theirs\\secret.png",
        "x\\..\\..\\theirs/secret.png",
        "sub",
        "long/" * 300,
    ]
    for path in ["a.png", "ours//a.png", *outside]:
        item = ItemFactory(dataset=project.dataset, asset=None, uri=f"storage:{path}")
        response = client.get(f"/api/v1/items/{item.pk}/content/")
        assert response.status_code == (404 if path in outside else 302), path
        if response.status_code == 302:
            assert requests.get(response["Location"], timeout=5).content == make_png(1)
    body = b"\n".join(orjson.dumps({"uri": f"storage:{path}"}) for path in ["a.png", *outside])
    batch = open_batch(actor=people.actor("manager"), dataset=project.dataset)
    staged = stage_file(batch=batch, name="l.jsonl", file=ContentFile(body))
    assert list(ingest_file(batch=batch, staged=staged)) == []
    batch.refresh_from_db()
    assert (batch.added, batch.rejected, Asset.objects.count()) == (1, len(outside), 1)


@pytest.mark.django_db
def test_without_an_address_for_browsers_pictures_go_through_the_web_service(s3, people, make_project, settings):
    settings.S3_PUBLIC_URL = ""
    make_project(items=1)
    response = people.client("annotator").get(f"/api/v1/assets/{Asset.objects.get().pk}/content/")
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == make_png(0)


def post(client, path: str, body: dict, status: int = 200):
    response = client.post(f"/api/v1/{path}", body, "application/json")
    assert response.status_code == status, response.content
    return response.json()


@pytest.fixture
def large(monkeypatch):
    """Parts of 5 MiB, the least that S3 takes, and a file of two and a bit."""
    monkeypatch.setattr(multipart, "PART_BYTES", 5 * 1024 * 1024)
    rng = np.random.default_rng(1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("noise.txt", rng.bytes(11 * 1024 * 1024))
        archive.writestr("one.png", make_png(1))
    return out.getvalue()


@pytest.mark.django_db
def test_a_large_file_goes_to_the_storage_in_parts_and_is_taken_in(s3, people, large):
    client, dataset = people.client("manager"), create_dataset(actor=people.actor("manager"), name="D")
    batch = post(client, f"datasets/{dataset.pk}/uploads/", {}, 201)["id"]
    opened = post(client, f"uploads/{batch}/multipart-files/", {"name": "a/large.zip", "size": len(large)})
    assert opened["missing"] == [1, 2, 3]
    file, size = opened["id"], opened["part_size"]
    parts = post(client, f"multipart-files/{file}/presign/", {"numbers": [1, 3]})["parts"]
    for part in parts:
        assert part["url"].startswith(s3)
        assert "X-Amz-Expires=300" in part["url"]
        assert "content-length" in part["url"]  # a part of another size is refused by the storage
        begin = (part["number"] - 1) * size
        assert requests.put(part["url"], large[begin : begin + size], timeout=10).status_code == 200
    refused = client.post(f"/api/v1/multipart-files/{file}/complete/")
    assert refused.status_code == 409
    assert "part 2 of 3 is missing" in refused.json()["detail"]
    again = post(client, f"uploads/{batch}/multipart-files/", {"name": "a/large.zip", "size": len(large)})
    assert (again["id"], again["missing"]) == (file, [2])
    stranger = people.client("manager", "theirs")
    for path in ("presign/", "complete/"):
        assert (
            stranger.post(f"/api/v1/multipart-files/{file}/{path}", {"numbers": [2]}, "application/json").status_code
            == 404
        )
    last = post(client, f"multipart-files/{file}/presign/", {"numbers": [2]})["parts"][0]
    requests.put(last["url"], large[size : 2 * size], timeout=10)
    assert post(client, f"multipart-files/{file}/complete/", {}) == {"name": "a/large.zip", "size": len(large)}
    post(client, f"uploads/{batch}/start/", {})
    job = IngestBatch.objects.get(pk=batch).job
    claim = jobs.claim_job(job_id=job.pk, worker="test")
    assert ingest(Running(claim, job))["added"] == 1
    dataset.refresh_from_db()
    assert dataset.item_count == 1


@pytest.mark.django_db
def test_a_part_that_is_short_is_found_out_and_abandoned_parts_are_thrown_away(s3, people, large):
    client, dataset = people.client("manager"), create_dataset(actor=people.actor("manager"), name="D")
    batch = post(client, f"datasets/{dataset.pk}/uploads/", {}, 201)["id"]
    file = post(client, f"uploads/{batch}/multipart-files/", {"name": "x.zip", "size": len(large)})["id"]
    for part in post(client, f"multipart-files/{file}/presign/", {"numbers": [1, 2, 3]})["parts"]:
        begin = (part["number"] - 1) * 5 * 1024 * 1024
        whole = large[begin : begin + part["size"]]
        requests.put(part["url"], whole[:-1] if part["number"] == 3 else whole, timeout=10)
    assert "part 3 of 3" in client.post(f"/api/v1/multipart-files/{file}/complete/").json()["detail"]
    response = client.post(f"/api/v1/multipart-files/{file}/presign/", {"numbers": [4]}, "application/json")
    assert response.json()["errors"][0]["field"] == "numbers"
    too_large = client.post(
        f"/api/v1/uploads/{batch}/multipart-files/", {"name": "y", "size": 2**45}, "application/json"
    )
    assert too_large.json()["errors"][0]["field"] == "size"
    assert multipart.abort_abandoned_files() == 0
    MultipartFile.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert multipart.abort_abandoned_files() == 1
    uploads = boto3.client("s3", endpoint_url=s3).list_multipart_uploads(Bucket="plateau")
    assert uploads.get("Uploads", []) == []


@pytest.mark.django_db
def test_where_the_storage_is_a_folder_large_files_go_with_the_others(people):
    client, dataset = people.client("manager"), create_dataset(actor=people.actor("manager"), name="D")
    batch = post(client, f"datasets/{dataset.pk}/uploads/", {}, 201)["id"]
    assert post(client, f"uploads/{batch}/multipart-files/", {"name": "x.zip", "size": 2**30})["id"] is None


def test_pages_may_connect_to_the_storage_that_is_named_and_to_nothing_else(settings):
    settings.S3_PUBLIC_URL, settings.STORAGE_URL = "https://files.example:9000", "s3://plateau/x"
    assert storage_origins() == ["https://files.example:9000", "https://plateau.files.example:9000"]
    settings.S3_PUBLIC_URL = ""
    assert storage_origins() == []
