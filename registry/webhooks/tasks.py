"""What runs by the clock."""

from celery import shared_task

from registry.webhooks.courier import COURIER


@shared_task(name="registry.webhooks.tasks.deliver", expires=30)
def deliver() -> None:
    """Every few seconds, and at once after something happened: see that what is due is sent. Holds no thread."""
    COURIER.wake()
