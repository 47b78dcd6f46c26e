"""What runs by the clock."""

from celery import shared_task


@shared_task(name="workers.training.tasks.tidy_work", expires=3000)
def tidy_work() -> None:
    """Every hour: folders and checkpoints of jobs that ended a day ago; MLflow runs that their training left open."""
    from workers.runtime import checkpoints  # what it needs is loaded where it is used
    from workers.training import tracking

    checkpoints.delete_stale_workdirs()
    tracking.end_abandoned_runs()
