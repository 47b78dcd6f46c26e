"""Checkpoints in the storage, and what is left of jobs that are over."""

import os
import time
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import timezone

from plateau.jobs.models import Job
from plateau.jobs.tests.factories import JobFactory
from workers.recipes.base import CHECKPOINT
from workers.runtime import checkpoints
from workers.runtime.trainer_process import job_workdir

pytestmark = pytest.mark.django_db  # the storage counts what it takes


def until(true, seconds=10):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def quick(settings):
    settings.CHECKPOINT_SECONDS = 0.02


def stored(number: int) -> bytes:
    try:
        return default_storage.open(f"work/job-{number}/{CHECKPOINT}").read()
    except FileNotFoundError:
        return b""


def test_a_checkpoint_is_copied_each_time_it_changes_and_found_by_another_host(tmp_path, quick):
    first_host, second_host = tmp_path / "here", tmp_path / "there"
    first_host.mkdir()
    second_host.mkdir()
    with checkpoints.synced_checkpoint(first_host, 7):
        (first_host / CHECKPOINT).write_bytes(b"one epoch")
        until(lambda: stored(7) == b"one epoch")
        (first_host / CHECKPOINT).write_bytes(b"two epochs")
        until(lambda: stored(7) == b"two epochs")
    with checkpoints.synced_checkpoint(second_host, 7):
        assert (second_host / CHECKPOINT).read_bytes() == b"two epochs"
    checkpoints.delete_checkpoint(7)
    assert stored(7) == b""


@pytest.mark.parametrize(("age", "expected"), [(-60, b"mine"), (60, b"of another host")])
def test_the_newer_of_two_checkpoints_is_gone_on_from(tmp_path, age, expected):
    default_storage.save(f"work/job-7/{CHECKPOINT}", ContentFile(b"of another host"))
    (tmp_path / CHECKPOINT).write_bytes(b"mine")
    moment = time.time() - age
    os.utime(tmp_path / CHECKPOINT, (moment, moment))
    with checkpoints.synced_checkpoint(tmp_path, 7):
        assert (tmp_path / CHECKPOINT).read_bytes() == expected


class Away(FileSystemStorage):
    """Nothing can be asked of it."""

    def _open(self, *_):
        raise OSError("storage is temporarily unavailable")

    exists = delete = path = _save = _open


def test_a_storage_that_is_away_stops_no_training(tmp_path, quick, settings):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{__name__}.Away"}}
    (tmp_path / CHECKPOINT).write_bytes(b"mine")
    with checkpoints.synced_checkpoint(tmp_path, 7):
        (tmp_path / CHECKPOINT).write_bytes(b"mine, later")
        time.sleep(0.1)
    checkpoints.delete_checkpoint(7)
    assert (tmp_path / CHECKPOINT).read_bytes() == b"mine, later"


def test_what_jobs_left_is_deleted_a_day_after_their_end_and_nothing_else():
    job_rows = JobFactory.create_batch(3, kind="train")
    old, fresh, running = (job.pk for job in job_rows)
    Job.objects.filter(pk__in=[old, fresh]).update(state="failed", ended_at=timezone.now())
    Job.objects.filter(pk=old).update(ended_at=timezone.now() - timedelta(days=2))
    for number in (old, fresh, running):
        (job_workdir(number) / CHECKPOINT).write_bytes(b"x")
        default_storage.save(f"work/job-{number}/{CHECKPOINT}", ContentFile(b"x"))
    assert checkpoints.delete_stale_workdirs() == 1
    assert [stored(number) for number in (old, fresh, running)] == [b"", b"x", b"x"]
    assert sorted(path.name for path in job_workdir(running).parent.iterdir()) == [f"job-{fresh}", f"job-{running}"]
    assert checkpoints.delete_stale_workdirs() == 0
