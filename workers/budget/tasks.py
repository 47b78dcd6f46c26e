"""Scheduled work of live curves."""

from celery import shared_task

from workers.budget import live


@shared_task(name="workers.budget.tasks.tend_live_plans", expires=25)
def tend_live_plans() -> None:
    """Every half minute."""
    live.tend_all()
