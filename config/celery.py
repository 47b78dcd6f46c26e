"""The Celery application: small messages by id, everything else in PostgreSQL."""

import os
import threading
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init, worker_ready, worker_shutdown

from plateau.telemetry import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("plateau")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _log_as_django_does(**_: object) -> None:
    """Keep Celery from putting its own formats in the place of ours."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)


@worker_init.connect
def _begin(**_: object) -> None:
    os.nice(5)  # people's requests come first where web and worker share a machine
    tracing.set_up("worker")


_stop_reporting = threading.Event()


@worker_ready.connect
def _report(sender: Any, **_: object) -> None:
    """A worker says every 15 seconds that it lives: its host may be one that Prometheus does not reach."""
    from plateau.telemetry.machines import report_forever

    queues = list(sender.app.amqp.queues.consume_from)
    threading.Thread(target=report_forever, args=(sender.hostname, queues, _stop_reporting), daemon=True).start()


@worker_shutdown.connect
def _end_reports(**_: object) -> None:
    _stop_reporting.set()
