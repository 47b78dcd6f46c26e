"""What runs by the clock."""

from celery import shared_task

from workers.batch_inference.feedback import take_in


@shared_task(name="workers.batch_inference.tasks.take_feedback", expires=20)
def take_feedback() -> None:
    """Every few seconds: pictures that deployments sent back go into the queue."""
    take_in()
