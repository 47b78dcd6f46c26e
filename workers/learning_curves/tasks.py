"""Scheduled work of live curves."""

from celery import shared_task

from workers.learning_curves import live


@shared_task(name="workers.learning_curves.tasks.tend_live_plans", expires=25)
def tend_live_plans() -> None:
    """Every half minute."""
    live.tend_all()
