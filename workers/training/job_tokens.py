"""Tokens by which a running job calls MLflow's endpoints, as everybody does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from plateau.access.scopes import Scope
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
    owner = members.filter(user_id=job.created_by_id or 0).first() or members.granted(Scope.MEMBERS_WRITE).first()
    if owner is None:
        raise LookupError("The organization has no active member.")
    if Scope.MODELS_WRITE not in owner.role.granted():  # the order was allowed; registering is part of it
        owner = members.granted(Scope.MODELS_WRITE).first() or owner
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
