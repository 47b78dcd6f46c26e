"""Files on S3 by one setting, against a moto server."""

import uuid

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer
from plateau.datalake.models import Asset
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running

from annotation.labeling import queue
from annotation.snapshots.services import build, create_snapshot
from conftest import png
from workers.runtime.material import load_material


@pytest.fixture
def s3(settings, monkeypatch):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    for key, value in {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y", "DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{key}", value)
    boto3.client("s3", endpoint_url=address).create_bucket(Bucket="plateau")
    storages = dict(settings.STORAGES)
    storages["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": "plateau",
            "endpoint_url": address,
            "querystring_expire": 300,
            "file_overwrite": True,
        },
    }
    settings.STORAGES = storages
    yield address
    server.stop()


@pytest.mark.django_db
def test_pictures_and_snapshots_live_on_s3_and_are_fetched_for_training(s3, people, make_project, tmp_path):
    project, actor = make_project(items=3), people.actor("annotator")
    for task in queue.lease_next(actor=actor, project_id=project.pk, count=3).tasks:
        queue.submit(actor=actor, task_id=task["id"], value={"label": "pear"}, client_id=uuid.uuid4())
    asset = Asset.objects.order_by("pk").first()
    answer = people.client("annotator").get(f"/api/v1/assets/{asset.pk}/content/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(s3)
    assert "Signature" in answer["Location"]
    assert requests.get(answer["Location"], timeout=5).content == png(0)

    snapshot = create_snapshot(actor=people.actor("manager"), project=project)
    claim = jobs.take(job_id=snapshot.job_id, worker="test")
    build(Running(claim, project.organization_id, project.pk, snapshot.job.payload))
    snapshot.refresh_from_db()
    material = load_material(snapshot, cache=tmp_path)
    pictures = {one.path.read_bytes() for one in [*material.train, *material.sealed]}
    assert pictures == {png(0), png(1), png(2)}
    assert all(tmp_path in one.path.parents for one in material.train)
