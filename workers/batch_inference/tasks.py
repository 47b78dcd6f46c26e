"""Celery tasks on a schedule."""

from celery import shared_task

from workers.batch_inference.feedback import import_pending_feedback


@shared_task(name="workers.batch_inference.tasks.import_feedback", expires=20)
def import_feedback() -> None:
    """Every few seconds: import what deployments sent back."""
    import_pending_feedback()
