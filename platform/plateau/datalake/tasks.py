"""What runs by the clock."""

from celery import shared_task

from plateau.datalake import multipart, services
from plateau.datalake.erasure import erase_expired, retry_failed


@shared_task(name="plateau.datalake.tasks.erase_expired", expires=3000)
def expire() -> None:
    """Every hour: items that were kept as long as their dataset says, and erasures that stopped half way."""
    retry_failed()
    erase_expired()


@shared_task(name="plateau.datalake.tasks.tidy_parts", expires=3000)
def tidy_parts() -> None:
    """Every hour: parts of files that nobody finished, and uploads that nobody started."""
    multipart.abort_abandoned_files()
    services.delete_abandoned_uploads()
