"""What runs by the clock."""

from celery import shared_task

from registry.deployments import services


@shared_task(name="registry.deployments.tasks.purge_deleted", expires=3000)
def purge_deleted() -> None:
    """Every hour: deployments whose time to be restored is over."""
    services.purge_deleted()
