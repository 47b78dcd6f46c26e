"""Celery tasks of people."""

from celery import shared_task
from django.utils import timezone

from plateau.identity.models import MemberSession


@shared_task(name="plateau.identity.tasks.delete_expired_sessions", expires=3000)
def delete_expired_sessions() -> None:
    """Every hour: sessions that ended by themselves."""
    MemberSession.objects.filter(expire_date__lt=timezone.now()).delete()
