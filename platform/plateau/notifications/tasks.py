"""Celery tasks of notifications."""

from celery import shared_task

from plateau.notifications import outbox, services
from plateau.outages.background import BackgroundWorker

KEPT_DAYS = 180
SENDER = BackgroundWorker("mail-sender", outbox.send_due)


@shared_task(name="plateau.notifications.tasks.send_emails", expires=30)
def send_emails() -> None:
    """Every few seconds by beat; holds no thread of the worker, however slow the mail server is."""
    SENDER.wake()


@shared_task(name="plateau.notifications.tasks.delete_old", expires=3600)
def delete_old() -> None:
    """Daily by beat: what was read long ago."""
    services.delete_old(days=KEPT_DAYS)
