"""Sealing, by the clock."""

from celery import shared_task

from plateau.audit import services


@shared_task(name="plateau.audit.tasks.seal", expires=10)
def seal() -> None:
    """Seal what waits."""
    services.seal_pending()
