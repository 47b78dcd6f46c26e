"""Scheduled work of demand forecasts."""

from celery import shared_task

from workers.applications.demand import services


@shared_task(name="workers.applications.demand.tasks.refresh_areas", expires=50)
def refresh_areas() -> None:
    """Every minute: an area is forecast anew as soon as its next time bin of data is whole."""
    services.submit_due_refreshes()
