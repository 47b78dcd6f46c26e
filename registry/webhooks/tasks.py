"""What runs by the clock."""

from celery import shared_task

from registry.webhooks.services import deliver_due


@shared_task(name="registry.webhooks.tasks.deliver", expires=30)
def deliver() -> None:
    """Every few seconds, and at once after something happened: send what is due."""
    deliver_due()
