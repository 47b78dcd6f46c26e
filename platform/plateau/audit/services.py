"""Recording acts."""

from typing import Any

from django.db import models

from plateau.audit.models import AuditEvent
from plateau.kernel.scopes import Actor


def record(*, actor: Actor, action: str, subject: models.Model, **data: Any) -> None:
    """Write that `actor` did `action` (such as `project.created`) to `subject`."""
    AuditEvent.objects.create(
        organization_id=actor.organization_id,
        user_id=actor.user_id or None,
        token_id=actor.token_id,
        action=action,
        subject=subject._meta.label_lower,
        subject_id=str(subject.pk),
        data=data,
    )
