"""Workers, GPUs, disks and backups in the metrics: from real processes, by the broker."""

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import redis
from django.utils import timezone

from plateau.backups.models import BackupKind, FinishedBackup
from plateau.jobs.tests.factories import JobFactory
from plateau.telemetry import machines
from plateau.telemetry.metrics import exposition

ROOT = Path(__file__).resolve().parents[4]
# As printed by the driver's tool; the second GPU tells neither its use nor its temperature.
GPUS = "0, 37, 70000, 143771, 61\n1, [N/A], 512, 143771, [N/A]\n"


@pytest.fixture
def broker(settings):
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete(machines.REPORTS)
    yield client
    client.delete(machines.REPORTS)


def figures(prefix: str) -> dict[str, float]:
    """Lines of the real answer to the scrape."""
    lines = [line for line in exposition().decode().splitlines() if line.startswith(prefix)]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


@pytest.mark.django_db
def test_a_worker_that_runs_is_counted_until_it_stops_reporting(broker, settings, monkeypatch):
    """Celery's own command, in a process of its own."""
    assert figures("plateau_workers") == {f'plateau_workers{{queue="{name}"}}': 0 for name in ("cpu", "default", "gpu")}
    words = "-A config worker --pool threads --concurrency 1 --queues gpu,team-a --hostname test@%h --loglevel WARNING"
    env = os.environ | {"REDIS_URL": settings.REDIS_URL}
    command = [sys.executable, "-m", "celery", *words.split(), "--without-gossip", "--without-mingle"]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        deadline = time.monotonic() + 60
        while not broker.hlen(machines.REPORTS) and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.2)
        counts = figures("plateau_workers")
        assert counts['plateau_workers{queue="gpu"}'] == counts['plateau_workers{queue="team-a"}'] == 1
        assert counts['plateau_workers{queue="cpu"}'] == 0
    finally:
        process.terminate()
        process.wait(20)
    now = time.time()
    monkeypatch.setattr(machines.time, "time", lambda: now + 70)
    assert figures("plateau_workers")['plateau_workers{queue="gpu"}'] == 0
    assert broker.hlen(machines.REPORTS) == 1
    monkeypatch.setattr(machines.time, "time", lambda: now + 2 * 24 * 3600)
    machines.read_reports()
    assert broker.hlen(machines.REPORTS) == 0


@pytest.mark.django_db
def test_gpus_are_told_where_there_are_some_and_are_absent_elsewhere(broker, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    machines.send_report("gpu@one", ["gpu"])
    assert figures("plateau_gpu") == {}
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\necho '{GPUS.strip()}'\n".replace("\n1,", "'\necho '1,"))
    tool.chmod(0o755)
    machines.send_report("gpu@one", ["gpu"])
    told = figures("plateau_gpu")
    host = machines.socket.gethostname()
    assert told[f'plateau_gpu_utilization_ratio{{gpu="0",host="{host}"}}'] == pytest.approx(0.37)
    assert told[f'plateau_gpu_memory_used_bytes{{gpu="1",host="{host}"}}'] == 512 * 1024 * 1024
    assert told[f'plateau_gpu_temperature_celsius{{gpu="0",host="{host}"}}'] == 61
    assert len(told) == 2 + 2 + 1 + 1


@pytest.mark.django_db
def test_disks_of_this_host_and_of_workers_are_told(broker, settings, tmp_path):
    settings.PLATEAU_HOME, settings.STORAGE_URL = tmp_path, f"file://{tmp_path}/not-made-yet"
    machines.send_report("gpu@one", ["gpu"])
    told = figures("plateau_disk")
    assert {re.search(r'folder="(\w+)"', name)[1] for name in told} == {"home", "storage"}
    free = [value for name, value in told.items() if name.startswith("plateau_disk_free_bytes")]
    real = os.statvfs(tmp_path)
    assert all(abs(value - real.f_bavail * real.f_frsize) < 2**30 for value in free)


@pytest.mark.django_db
def test_a_broker_that_is_away_or_a_report_that_makes_no_sense_fails_no_scrape(broker, settings, tmp_path):
    for text in ("{", "[]", '{"at": "x"}', '{"at": 1e300}', f'{{"at": {time.time()}, "queues": 3}}'):
        broker.hset(machines.REPORTS, "bad", text)
        assert figures("plateau_workers")['plateau_workers{queue="gpu"}'] == 0
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock"
    assert figures("plateau_workers")['plateau_workers{queue="gpu"}'] == 0
    assert figures("plateau_disk_free_bytes")
    stop = threading.Event()
    reporter = threading.Thread(target=machines.report_forever, args=("x", ["cpu"], stop), daemon=True)
    reporter.start()
    time.sleep(0.2)
    assert reporter.is_alive()
    stop.set()
    reporter.join(5)
    assert not reporter.is_alive()


@pytest.mark.django_db
def test_the_age_of_the_last_backup_is_told_by_kind_and_nothing_where_none_ended(broker):
    assert figures("plateau_backup_age_seconds") == {}
    hour = timezone.timedelta(hours=1)
    for hours in (30, 2):
        FinishedBackup.objects.create(kind=BackupKind.FULL, finished_at=timezone.now() - hours * hour, bytes=1)
    (age,) = figures("plateau_backup_age_seconds").values()
    assert age == pytest.approx(7200, abs=60)


@pytest.mark.django_db
def test_jobs_that_wait_are_counted_by_queue(broker, people):
    JobFactory.create_batch(2, organization=people.organizations["ours"], queue="gpu")
    assert figures("plateau_queued_jobs") == {'plateau_queued_jobs{queue="gpu"}': 2}
