"""Celery tasks of webhooks."""

from celery import shared_task

from registry.webhooks import services
from registry.webhooks.dispatcher import DISPATCHER


@shared_task(name="registry.webhooks.tasks.wake_dispatcher", expires=30)
def wake_dispatcher() -> None:
    """Every few seconds by beat, and at once after an event; holds no thread of the worker."""
    DISPATCHER.wake()


@shared_task(name="registry.webhooks.tasks.purge_deleted", expires=3000)
def purge_deleted() -> None:
    """Every hour: webhooks whose time to be restored is over."""
    services.purge_deleted()


@shared_task(name="registry.webhooks.tasks.delete_old_deliveries", expires=3600)
def delete_old_deliveries() -> None:
    """Daily by beat: what was delivered, or given up, long ago."""
    services.delete_old_deliveries()
