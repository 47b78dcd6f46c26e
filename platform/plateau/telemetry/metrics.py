"""Metrics for Prometheus: what this process counts, and what the database says at the moment of asking.

Several processes of one service share a folder (`PROMETHEUS_MULTIPROC_DIR`), so that one answer sums up all of them.
"""

import os
from collections.abc import Iterable

from django.db import connection
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import REGISTRY, GaugeMetricFamily
from prometheus_client.registry import Collector

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
REQUESTS = Histogram(
    "plateau_request_seconds", "Time to answer, by route", ["method", "route", "status"], buckets=SECONDS
)
REFUSED = Counter("plateau_shed_total", "Requests turned away because too many were in hand", ["service"])

# (name, what it is, label, statement of (label's value, number))
_OF_THE_DATABASE: tuple[tuple[str, str, str, str], ...] = (
    (
        "plateau_jobs",
        "Jobs that wait or run, by queue and state",
        "queue_state",
        "SELECT queue || ' ' || state, count(*) FROM jobs_job WHERE state IN ('queued', 'running') GROUP BY 1",
    ),
    (
        "plateau_oldest_job_seconds",
        "How long the oldest job has waited, by queue",
        "queue",
        "SELECT queue, extract(epoch FROM max(now() - created_at)) FROM jobs_job WHERE state = 'queued' GROUP BY 1",
    ),
    (
        "plateau_lost_leases",
        "Running jobs whose lease ran out: the scheduler should have brought them back",
        "queue",
        "SELECT queue, count(*) FROM jobs_job "
        "WHERE state = 'running' AND lease_until < now() - interval '30 seconds' GROUP BY 1",
    ),
    (
        "plateau_failed_jobs_hour",
        "Jobs that failed within the last hour, by kind",
        "kind",
        "SELECT kind, count(*) FROM jobs_job "
        "WHERE id > (SELECT coalesce(max(id), 0) - 10000 FROM jobs_job) AND state = 'failed' "
        "AND ended_at > now() - interval '1 hour' GROUP BY 1",
    ),
    (
        "plateau_webhooks_waiting",
        "Webhook messages that wait to be sent",
        "state",
        "SELECT state, count(*) FROM webhooks_delivery WHERE state = 'waiting' GROUP BY 1",
    ),
    ("plateau_audit_waiting", "Audit events without a seal", "log", "SELECT 'audit', count(*) FROM audit_auditpending"),
    (
        "plateau_database_connections",
        "Connections to this database, by state",
        "state",
        "SELECT coalesce(state, 'none'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1",
    ),
    (
        "plateau_oldest_transaction_seconds",
        "Age of the oldest open transaction",
        "database",
        "SELECT current_database(), extract(epoch FROM coalesce(max(now() - xact_start), '0')) "
        "FROM pg_stat_activity WHERE datname = current_database()",
    ),
)


class OfTheDatabase(Collector):
    """Numbers that are true for the installation, whichever process is asked."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """One family for each statement."""
        for name, what, label, sql in _OF_THE_DATABASE:
            family = GaugeMetricFamily(name, what, labels=[label])
            with connection.cursor() as cursor:
                cursor.execute(sql)
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
    database.register(OfTheDatabase())
    return bytes(generate_latest(own) + generate_latest(database))
