"""Tokens by which a running job calls MLflow's endpoints, as everybody does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from plateau.access.scopes import Reach, Scope
from plateau.access.visibility import current_reach_rules
from plateau.identity.models import ApiToken, Membership
from plateau.identity.services import mint_token
from plateau.jobs.models import Job

LIFE = timedelta(hours=1)


@dataclass(frozen=True)
class JobToken:
    """A token of a job."""

    id: int
    secret: str

    def renew(self) -> None:
        """Make it live for another hour."""
        ApiToken.objects.filter(pk=self.id).update(expires_at=timezone.now() + LIFE)


@contextmanager
def job_token(job: Job) -> Iterator[JobToken]:
    """A token bound to the job's project that lives as long as the block, for an hour unless it is renewed.

    Raises:
        LookupError: nobody of the organization can own it.
    """
    members = Membership.objects.filter(organization_id=job.organization_id, is_active=True)
    may_register = members.granted(Scope.MODELS_WRITE)
    if job.project_id is not None:
        may_register = may_register.filter(pk__in=current_reach_rules().members(job.project_id))
    # The order was allowed, and registering is part of it: where whoever gave it may not register, an admin does.
    owner = may_register.filter(user_id=job.created_by_id or 0).first()
    owner = owner or may_register.filter(role__reach=Reach.ALL).first() or may_register.first()
    owner = owner or members.granted(Scope.MEMBERS_WRITE).first()
    if owner is None:
        raise LookupError("The organization has no active member.")
    token, secret = mint_token(
        membership=owner,
        name=f"training job {job.pk}",
        scopes=[Scope.MODELS_READ, Scope.MODELS_WRITE],
        expires_at=timezone.now() + LIFE,
        project_id=job.project_id,
    )
    try:
        yield JobToken(token.pk, secret)
    finally:
        token.delete()
