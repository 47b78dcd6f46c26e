"""Scheduled work of learning curves."""

from celery import shared_task

from workers.learning_curves import scheduling


@shared_task(name="workers.learning_curves.tasks.run_due_schedules", expires=25)
def run_due_schedules() -> None:
    """Every half minute."""
    scheduling.run_due_schedules()
