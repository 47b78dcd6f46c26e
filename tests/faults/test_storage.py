"""Disks that are full, and a storage that is slow, fails, or is cut off in the middle of a file."""

import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import boto3
import pytest

from tests.faults import work
from tests.faults.installation import free_port


@pytest.fixture
def small_disk(installation):
    """`files/` of the installation on a file system of 6 MB; needs the right to mount."""
    folder = installation.home / "files"
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m,mode=0700", "tmpfs", folder], check=False)
    if done.returncode:
        pytest.skip("this process may not mount")
    try:
        yield folder
    finally:
        installation.stop()
        subprocess.run(["umount", "-l", folder], check=False)


def fill(folder: Path, leave: int) -> Path:
    """Leave so many bytes free."""
    import os
    import shutil

    path = folder / "filler"
    free = shutil.disk_usage(folder).free
    with path.open("wb") as file:
        file.write(b"\x00" * max(0, free - leave))
        os.fsync(file.fileno())
    return path


def test_a_full_disk_refuses_an_upload_keeps_nothing_half_and_takes_it_when_there_is_room(
    installation, person, patience, small_disk
):
    installation.everything()
    admin = person()
    dataset = admin.call("POST", "datasets/", json={"name": "Full"})["id"]
    batch = admin.call("POST", f"datasets/{dataset}/uploads/")["id"]
    filler = fill(small_disk, 20_000)
    data = work.pictures(40, side=64)
    assert len(data) > 100_000
    refused = admin.ask("POST", f"uploads/{batch}/files/", files={"files": ("shades.zip", data)})
    assert (refused.status_code, refused.json()["code"]) == (507, "storage_full"), refused.text
    assert installation.sql("SELECT count(*) FROM datalake_stagedfile") == [(0,)]
    filler.unlink()
    admin.call("POST", f"uploads/{batch}/files/", files={"files": ("shades.zip", data)})
    job = admin.call("POST", f"uploads/{batch}/start/")["job"]["id"]
    assert admin.ended(job, patience)["result"]["added"] == 40


def test_a_disk_that_fills_up_during_ingest_and_freezing_fails_the_job_with_the_reason(
    installation, person, patience, small_disk
):
    installation.everything()
    admin = person()
    number = work.project(admin, 20)
    work.label_all(admin, number)
    frozen = work.snapshot(admin, number)
    _, batch = work.upload(admin, work.pictures(60, side=96, seed=3))
    filler = fill(small_disk, 60_000)
    job = admin.ended(admin.call("POST", f"uploads/{batch}/start/")["job"]["id"], patience)
    assert job["state"] == "failed"
    assert "No space left" in job["error"]
    again = admin.ended(admin.call("POST", f"projects/{number}/snapshots/")["job"]["id"], patience)
    assert again["state"] in ("failed", "done")  # a manifest of 20 rows may still fit
    # What was whole stays whole, and labeling goes on.
    assert admin.ask("GET", f"snapshots/{frozen}/manifest/").status_code == 200
    assert admin.call("GET", f"projects/{number}/")["id"] == number
    filler.unlink()
    number = work.project(admin, 4)
    assert work.label_all(admin, number) == 4


def test_a_training_or_an_export_that_finds_no_room_fails_and_leaves_nothing_half(
    installation, person, patience, small_disk
):
    installation.everything()
    admin = person()
    number = work.project(admin, 40)
    work.label_all(admin, number)
    order = {"snapshot_id": work.snapshot(admin, number), "recipe": "image_cnn", "params": {"epochs": 3}}
    filler = fill(small_disk, 4_000)
    job = admin.ended(admin.call("POST", f"projects/{number}/runs/", json=order)["job"]["id"], patience * 2)
    assert job["state"] == "failed", job
    assert "No space left" in job["error"]
    assert installation.sql("SELECT count(*) FROM model_versions_modelversion WHERE state <> 'deleted'") == [(0,)]
    filler.unlink()
    job = admin.ended(admin.call("POST", f"projects/{number}/runs/", json=order)["job"]["id"], patience * 2)
    assert job["state"] == "done", job["error"]
    version = admin.call("GET", "model-versions/")["results"][0]["id"]
    # Its export for the browser, likewise.
    filler = fill(small_disk, 2_000)
    job = admin.ended(admin.call("POST", f"model-versions/{version}/exports/")["id"], patience * 2)
    assert job["state"] == "failed", job
    assert "No space left" in job["error"]
    filler.unlink()
    job = admin.ended(admin.call("POST", f"model-versions/{version}/exports/")["id"], patience * 2)
    assert job["state"] == "done", job["error"]


class Bad:
    """A storage (S3) behind a door that can be slow, shut, or cut connections off after some bytes."""

    def __init__(self, installation) -> None:
        self.inner, self.outer = free_port(), free_port()
        self.mode, self.cut_after = "well", 0
        words = ["-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.inner)]
        installation.start("moto", sys.executable, *words)
        installation.until(lambda: socket.create_connection(("127.0.0.1", self.inner), 1) is not None, 30, "moto")
        self.listening = socket.create_server(("127.0.0.1", self.outer))
        threading.Thread(target=self._accept, daemon=True).start()
        installation.env |= {
            "STORAGE_URL": "s3://plateau",
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{self.outer}",
            "MLFLOW_S3_ENDPOINT_URL": f"http://127.0.0.1:{self.outer}",
            "AWS_ACCESS_KEY_ID": "faults",
            "AWS_SECRET_ACCESS_KEY": "f4ult-tests-only-9Qw3",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        self.client = boto3.client(
            "s3", endpoint_url=f"http://127.0.0.1:{self.inner}", aws_access_key_id="x", aws_secret_access_key="x",
            region_name="us-east-1",
        )  # fmt: skip
        self.client.create_bucket(Bucket="plateau")

    def keys(self) -> set[str]:
        return {entry["Key"] for entry in self.client.list_objects_v2(Bucket="plateau").get("Contents", [])}

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listening.accept()
            except OSError:
                return
            if self.mode == "shut":
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self.inner))
            for source, target, up in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._pump, args=(source, target, up), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, up: bool) -> None:
        passed = 0
        try:
            while data := source.recv(16_384):
                if self.mode == "slow":
                    time.sleep(0.2)
                passed += len(data)
                if self.mode == "cut" and up and passed > self.cut_after:
                    break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


@pytest.fixture
def bad(installation):
    storage = Bad(installation)
    yield storage
    storage.listening.close()


def test_a_storage_that_is_shut_is_said_and_nothing_is_half_written(installation, person, patience, bad):
    installation.everything()
    admin = person()
    dataset = admin.call("POST", "datasets/", json={"name": "Shut"})["id"]
    batch = admin.call("POST", f"datasets/{dataset}/uploads/")["id"]
    bad.mode = "shut"
    data = work.pictures(10)
    refused = admin.ask("POST", f"uploads/{batch}/files/", files={"files": ("shades.zip", data)})
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable"), refused.text
    assert installation.get("/readyz") == 200  # what needs no file goes on
    assert installation.sql("SELECT count(*) FROM datalake_stagedfile") == [(0,)]
    bad.mode = "well"
    admin.call("POST", f"uploads/{batch}/files/", files={"files": ("shades.zip", data)})
    job = admin.call("POST", f"uploads/{batch}/start/")["job"]["id"]
    assert admin.ended(job, patience)["result"]["added"] == 10


def test_a_file_that_is_cut_off_on_its_way_leaves_no_half_file(installation, person, patience, bad):
    installation.everything()
    admin = person()
    dataset = admin.call("POST", "datasets/", json={"name": "Cut"})["id"]
    batch = admin.call("POST", f"datasets/{dataset}/uploads/")["id"]
    bad.cut_after, bad.mode = 60_000, "cut"
    data = work.pictures(60, side=64)
    assert len(data) > 200_000
    refused = admin.ask("POST", f"uploads/{batch}/files/", files={"files": ("shades.zip", data)})
    assert refused.status_code == 503, refused.text
    assert bad.keys() == set()
    assert installation.sql("SELECT count(*) FROM datalake_stagedfile") == [(0,)]
    bad.mode = "well"
    admin.call("POST", f"uploads/{batch}/files/", files={"files": ("shades.zip", data)})
    job = admin.call("POST", f"uploads/{batch}/start/")["job"]["id"]
    assert admin.ended(job, patience)["result"]["added"] == 60


def test_a_slow_storage_only_takes_longer(installation, person, patience, bad):
    bad.mode = "slow"
    installation.everything()
    admin = person()
    number = work.project(admin, 6)
    assert work.label_all(admin, number) == 6
    work.snapshot(admin, number)
