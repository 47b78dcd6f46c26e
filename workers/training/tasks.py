"""What runs by the clock."""

from celery import shared_task


@shared_task(name="workers.training.tasks.tidy_work", expires=3000)
def tidy_work() -> None:
    """Every hour: folders and checkpoints of jobs that ended a day ago."""
    from workers.runtime import checkpoints  # what it needs is loaded where it is used

    checkpoints.delete_stale_workdirs()
