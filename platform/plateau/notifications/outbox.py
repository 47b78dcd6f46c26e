"""The outbox: e-mails are rows, written with what they tell; a worker sends them, and tries again."""

import logging
from datetime import timedelta
from enum import Enum, auto
from smtplib import SMTPConnectError, SMTPException, SMTPServerDisconnected

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
    """Send what is due, a hundred at a time; returns how many were sent.

    Where the mail server did not answer three times in a row, the rest waits for the next time.
    """
    sent = unanswered = 0
    for _ in range(AT_ONCE):
        outcome = _send_next()
        if outcome is _Outcome.NONE_DUE or (unanswered := (unanswered + 1) * (outcome is _Outcome.NO_ANSWER)) >= 3:
            break
        sent += outcome is _Outcome.SENT
    return sent


class _Outcome(Enum):
    """What came of an e-mail. A server that refuses one takes others."""

    SENT = auto()
    REFUSED = auto()
    NO_ANSWER = auto()
    NONE_DUE = auto()


@transaction.atomic
def _send_next() -> _Outcome:
    """Send one; one that is not taken is tried later. Other workers step over it."""
    rows = Email.objects.filter(failed_at=None, next_attempt_at__lte=Now()).order_by("next_attempt_at")
    row = rows.select_for_update(of=("self",), skip_locked=True).first()
    if row is None:
        return _Outcome.NONE_DUE
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
        gone = isinstance(error, (SMTPServerDisconnected, SMTPConnectError)) or not isinstance(error, SMTPException)
        return _Outcome.NO_ANSWER if gone and isinstance(error, OSError) else _Outcome.REFUSED
    row.delete()
    return _Outcome.SENT
