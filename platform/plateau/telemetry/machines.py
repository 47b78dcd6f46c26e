"""What the machines of an installation say of themselves: worker processes, GPUs, and space on disks.

Workers run on hosts that Prometheus need not reach. Each reports to the broker every 15 seconds, and the web server,
which is scraped, tells of all reports that are not older than a minute.
"""

import json
import logging
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

REPORTS = "plateau-workers"  # a hash of the broker: name of the worker, its last report
SECONDS_BETWEEN_REPORTS = 15.0
SECONDS_OF_A_REPORT = 60.0
SECONDS_UNTIL_FORGOTTEN = 24 * 3600.0
_GPU_QUERY = [
    "nvidia-smi",
    "--query-gpu=index,utilization.gpu,memory.used,memory.total,temperature.gpu",
    "--format=csv,noheader,nounits",
]
_GPU_FIGURES = ("utilization_percent", "memory_mib", "memory_total_mib", "temperature")
MIB = 1024 * 1024
logger = logging.getLogger(__name__)
Report = dict[str, Any]


def read_gpus() -> list[dict[str, float]]:
    """A row for each GPU of this host, by the tool of its driver (NVML); empty where there is none."""
    try:
        answer = subprocess.run(_GPU_QUERY, capture_output=True, text=True, check=True, timeout=5).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    rows = []
    for line in answer.splitlines():
        index, *figures = (part.strip() for part in line.split(","))
        row = {"index": float(index)} if index.isdigit() else {}
        for name, figure in zip(_GPU_FIGURES, figures, strict=False):
            try:
                row[name] = float(figure)
            except ValueError:
                continue  # "[N/A]": a figure that this GPU does not tell
        if "index" in row:
            rows.append(row)
    return rows


def read_disks() -> dict[str, tuple[int, int]]:
    """Free and all bytes of the disks under this host's data and, where files lie in a folder, under them."""
    folders = {"home": settings.PLATEAU_HOME}
    if settings.STORAGE_URL.startswith("file://"):
        folders["storage"] = Path(settings.STORAGE_URL.removeprefix("file://"))
    disks = {}
    for name, folder in folders.items():
        try:
            usage = shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists()))
        except OSError:
            continue
        disks[name] = (usage.free, usage.total)
    return disks


def send_report(name: str, queues: Sequence[str]) -> None:
    """Say once that worker `name` lives, what it listens to, and how its host is."""
    report: Report = {"at": time.time(), "queues": sorted(queues), "host": socket.gethostname(), "gpus": read_gpus()}
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5) as client:
        client.hset(REPORTS, name, json.dumps(report | {"disks": read_disks()}))


def report_forever(name: str, queues: Sequence[str], stop: threading.Event) -> None:
    """Report until `stop` is set; a broker that is away is asked again 15 seconds later."""
    while not stop.is_set():
        try:
            send_report(name, queues)
        except (OSError, redis.RedisError) as error:
            logger.warning("the worker could not report: %s", type(error).__name__)
        stop.wait(SECONDS_BETWEEN_REPORTS)


def _parse(text: bytes) -> Report | None:
    """A report of this version; one of another version, or of somebody else, is none."""
    try:
        report = json.loads(text)
        return {
            "at": float(report["at"]),
            "queues": [str(queue) for queue in report["queues"]],
            "host": str(report["host"]),
            "gpus": [{str(name): float(figure) for name, figure in gpu.items()} for gpu in report["gpus"]],
            "disks": {str(name): (int(free), int(size)) for name, (free, size) in report["disks"].items()},
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def read_reports() -> dict[str, Report]:
    """The last report of each worker that lives; those of a day ago are deleted. Empty while the broker is away."""
    now, reports = time.time(), {}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            for name, text in client.hgetall(REPORTS).items():
                report = _parse(text)
                if report is None or now - report["at"] > SECONDS_UNTIL_FORGOTTEN:
                    client.hdel(REPORTS, name)
                elif now - report["at"] < SECONDS_OF_A_REPORT:
                    reports[name.decode(errors="replace")] = report
    except (OSError, redis.RedisError) as error:
        logger.warning("reports of workers could not be read: %s", type(error).__name__)
    return reports


class MachineCollector(Collector):
    """Workers by queue, GPUs and disks by host, at the moment of asking."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Workers always, GPUs where there are any, disks of this host and of each worker's."""
        reports = read_reports()
        yield self._workers(reports)
        yield from self._gpus(reports)
        yield from self._disks(reports)

    def _workers(self, reports: dict[str, Report]) -> GaugeMetricFamily:
        family = GaugeMetricFamily("plateau_workers", "Worker processes that live, by queue", labels=["queue"])
        counts: dict[str, int] = {"default": 0, "cpu": 0, "gpu": 0}
        for report in reports.values():
            for queue in report["queues"]:
                counts[queue] = counts.get(queue, 0) + 1
        for queue, count in sorted(counts.items()):
            family.add_metric([queue], count)
        return family

    def _gpus(self, reports: dict[str, Report]) -> Iterable[GaugeMetricFamily]:
        labels = ["host", "gpu"]
        families = {
            "utilization_percent": (
                GaugeMetricFamily("plateau_gpu_utilization_ratio", "How busy a GPU is, 0 to 1", labels=labels),
                0.01,
            ),
            "memory_mib": (GaugeMetricFamily("plateau_gpu_memory_used_bytes", "Memory in use", labels=labels), MIB),
            "memory_total_mib": (GaugeMetricFamily("plateau_gpu_memory_bytes", "All memory", labels=labels), MIB),
            "temperature": (
                GaugeMetricFamily("plateau_gpu_temperature_celsius", "Temperature of a GPU", labels=labels),
                1,
            ),
        }
        by_host = {report["host"]: report["gpus"] for report in reports.values()}  # workers of a host see the same
        for host, gpus in sorted(by_host.items()):
            for gpu in gpus:
                for name, (family, unit) in families.items():
                    if name in gpu:
                        family.add_metric([host, str(int(gpu["index"]))], gpu[name] * unit)
        return [family for family, _ in families.values() if family.samples]

    def _disks(self, reports: dict[str, Report]) -> Iterable[GaugeMetricFamily]:
        labels = ["host", "folder"]
        free = GaugeMetricFamily("plateau_disk_free_bytes", "Free space under a folder of ours", labels=labels)
        size = GaugeMetricFamily("plateau_disk_bytes", "Size of the disk under a folder of ours", labels=labels)
        by_host = {report["host"]: report["disks"] for report in reports.values()}
        for host, disks in sorted((by_host | {socket.gethostname(): read_disks()}).items()):
            for folder, (free_bytes, all_bytes) in sorted(disks.items()):
                free.add_metric([host, folder], free_bytes)
                size.add_metric([host, folder], all_bytes)
        return [free, size]
