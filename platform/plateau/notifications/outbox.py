"""The outbox: e-mails are rows, written with what they tell; a worker sends them, and tries again."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from plateau.notifications import emails
from plateau.notifications.models import Email

MAX_ATTEMPTS = 12  # over about six hours
LONGEST_WAIT = timedelta(hours=1)
AT_ONCE = 100
logger = logging.getLogger(__name__)


def enqueue_account_email(*, kind: str, organization_id: int, user_id: int) -> bool:
    """Put an invitation or a password reset into the outbox; False: this server sends no e-mail."""
    if not settings.EMAIL_HOST:
        return False
    Email.objects.create(kind=kind, organization_id=organization_id, recipient_id=user_id)
    return True


def send_due() -> int:
    """Send what is due, a hundred at a time; returns how many were sent."""
    sent = 0
    for _ in range(AT_ONCE):
        outcome = _send_next()
        if outcome is None:
            break
        sent += outcome
    return sent


@transaction.atomic
def _send_next() -> bool | None:
    """Send one; False: it was not taken and is tried later; None: none is due. Other workers step over it."""
    rows = Email.objects.filter(failed_at=None, next_attempt_at__lte=Now()).order_by("next_attempt_at")
    row = rows.select_for_update(of=("self",), skip_locked=True).first()
    if row is None:
        return None
    try:
        with transaction.atomic():
            emails.send(row)
    except Exception as error:  # a mail server can fail in any way, and a text too; the others must still go
        row.attempts += 1
        wait = min(timedelta(seconds=15 * 2**row.attempts), LONGEST_WAIT)
        row.next_attempt_at = timezone.now() + wait
        row.error = f"{type(error).__name__}: {error}"[:300]
        row.failed_at = timezone.now() if row.attempts >= MAX_ATTEMPTS else None
        row.save()
        logger.warning("e-mail %s was not sent: %s", row.pk, row.error)
        return False
    row.delete()
    return True
