"""What others do when something happens to members; each registers itself when Django starts."""

from collections.abc import Callable
from typing import Any, Protocol

from django.db import models

from plateau.access.scopes import Actor

PersonErasureHandler = Callable[[int], None]
person_erasure_handlers: list[PersonErasureHandler] = []


def notify_person_erased(user_id: int) -> None:
    """Have every app delete what it stores of a person besides annotations; their row still has name and address."""
    for delete_person in person_erasure_handlers:
        delete_person(user_id)


# What was given to an invited person goes to the account by which they accept: from one user id to another.
invitation_handlers: list[Callable[[int, int], None]] = []

# What else a new organization gets, in the transaction that makes it; each takes its row.
organization_creation_handlers: list[Callable[[Any], None]] = []


class Record(Protocol):
    """Writes that `actor` did `action` to `subject`, in the transaction of the act."""

    def __call__(self, *, actor: Actor, action: str, subject: models.Model, **data: object) -> None: ...


recorders: list[Record] = []


class Mailer(Protocol):
    """Puts an e-mail of `kind` to a person into the outbox, in the transaction of the act; False: none is sent here."""

    def __call__(self, *, kind: str, organization_id: int, user_id: int) -> bool: ...


mailers: list[Mailer] = []


def send_email(*, kind: str, organization_id: int, user_id: int) -> bool:
    """Have an `invitation` or a `password_reset` sent; False where this server sends no e-mail."""
    sent = [mail(kind=kind, organization_id=organization_id, user_id=user_id) for mail in mailers]
    return any(sent)


def record(*, actor: Actor, action: str, subject: models.Model, **data: object) -> None:
    """Have an act written down: the audit log stands on identity, so it is not called by name.

    Raises:
        RuntimeError: nobody keeps a log. What changes who may do what is done with a record or not at all.
    """
    if not recorders:
        raise RuntimeError(f"Nobody keeps a log of {action}: add plateau.audit to INSTALLED_APPS.")
    for write in recorders:
        write(actor=actor, action=action, subject=subject, **data)
