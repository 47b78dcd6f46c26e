"""Scheduled work of the queue."""

from celery import shared_task

from annotation.labeling import services


@shared_task(name="annotation.labeling.tasks.reopen_expired", expires=25)
def reopen_expired() -> None:
    """Every half minute."""
    services.free_expired()
