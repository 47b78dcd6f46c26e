"""What is watched of jobs."""

from plateau.telemetry.gauges import Gauge

OF_JOBS = (
    Gauge(
        "plateau_jobs",
        "Jobs that wait or run, by queue and state",
        "queue_state",
        "SELECT queue || ' ' || state, count(*) FROM jobs_job WHERE state IN ('queued', 'running') GROUP BY 1",
    ),
    Gauge(
        "plateau_queued_jobs",
        "Jobs that wait, by queue",
        "queue",
        "SELECT queue, count(*) FROM jobs_job WHERE state = 'queued' GROUP BY 1",
    ),
    Gauge(
        "plateau_oldest_job_seconds",
        "How long the oldest job has waited, by queue",
        "queue",
        "SELECT queue, extract(epoch FROM max(now() - created_at)) FROM jobs_job WHERE state = 'queued' GROUP BY 1",
    ),
    Gauge(
        "plateau_lost_leases",
        "Running jobs whose lease ran out: the scheduler should have brought them back",
        "queue",
        "SELECT queue, count(*) FROM jobs_job "
        "WHERE state = 'running' AND lease_until < now() - interval '30 seconds' GROUP BY 1",
    ),
    Gauge(
        "plateau_failed_jobs_hour",
        "Jobs that failed within the last hour, by kind",
        "kind",
        "SELECT kind, count(*) FROM jobs_job "
        "WHERE id > (SELECT coalesce(max(id), 0) - 10000 FROM jobs_job) AND state = 'failed' "
        "AND ended_at > now() - interval '1 hour' GROUP BY 1",
    ),
)
