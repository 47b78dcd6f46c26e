"""Celery tasks of webhooks."""

from celery import shared_task

from registry.webhooks.dispatcher import DISPATCHER


@shared_task(name="registry.webhooks.tasks.wake_dispatcher", expires=30)
def wake_dispatcher() -> None:
    """Every few seconds by beat, and at once after an event; holds no thread of the worker."""
    DISPATCHER.wake()
