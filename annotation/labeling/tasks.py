"""Scheduled work of the queue."""

from celery import shared_task

from annotation.labeling import services


@shared_task(name="annotation.labeling.tasks.release_expired_leases", expires=25)
def release_expired_leases() -> None:
    """Every half minute."""
    services.release_expired_leases()


@shared_task(name="annotation.labeling.tasks.forget_expired_leases", expires=3600)
def forget_expired_leases() -> None:
    """Every day."""
    services.forget_expired_leases()
