"""Metrics for Prometheus: what this process counts, and what the database says at the moment of asking.

Several processes of one service share a folder (`PROMETHEUS_MULTIPROC_DIR`), so that one answer sums up all of them.
"""

import os
from collections.abc import Iterable

from django.db import connection
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import REGISTRY, GaugeMetricFamily
from prometheus_client.registry import Collector

from plateau.telemetry.gauges import GAUGES
from plateau.telemetry.machines import MachineCollector

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
REQUESTS = Histogram(
    "plateau_request_seconds", "Time to answer, by route", ["method", "route", "status"], buckets=SECONDS
)
REQUESTS_SHED = Counter(
    "plateau_requests_shed_total", "Requests shed because all workers and the queue were full", ["service"]
)


class DatabaseCollector(Collector):
    """Numbers that are true for the installation, whichever process is asked."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """One family for each gauge."""
        for gauge in GAUGES:
            family = GaugeMetricFamily(gauge.name, gauge.description, labels=[gauge.label])
            with connection.cursor() as cursor:
                cursor.execute(gauge.sql)
                for value, number in cursor.fetchall():
                    family.add_metric([str(value)], float(number))
            yield family


def exposition() -> bytes:
    """Everything, in Prometheus' text format."""
    own = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        own = CollectorRegistry()
        multiprocess.MultiProcessCollector(own)
    database = CollectorRegistry()
    database.register(DatabaseCollector())
    database.register(MachineCollector())
    return bytes(generate_latest(own) + generate_latest(database))
