"""Which limits hold, and whom to warn before one is reached."""

from django.conf import settings

from plateau.access.scopes import Scope
from plateau.identity.models import Membership
from plateau.notifications.services import notify
from plateau.quotas.models import OrganizationQuota, QuotaKind
from plateau.quotas.notification_kinds import QUOTA_NEARLY_USED

WARN_AT_PERCENT = 80


def limits_of(organization_id: int) -> dict[QuotaKind, int | None]:
    """Every limit of an organization: its own, or else the installation's default; None: without a limit."""
    own = dict(OrganizationQuota.objects.filter(organization_id=organization_id).values_list("kind", "limit"))
    return {kind: own.get(kind, settings.QUOTAS.get(kind)) for kind in QuotaKind}


def limit_of(organization_id: int, kind: QuotaKind) -> int | None:
    """One limit; see `limits_of`."""
    return limits_of(organization_id)[kind]


def warn_if_crossed(organization_id: int, kind: QuotaKind, *, before: int, after: int, limit: int | None) -> None:
    """Notify administrators where this use brought a quota to 80 %."""
    if not limit or not before * 100 < WARN_AT_PERCENT * limit <= after * 100:
        return
    administrators = Membership.objects.filter(
        organization_id=organization_id, is_active=True, role__scopes__contains=[Scope.MEMBERS_WRITE]
    )
    notify(
        QUOTA_NEARLY_USED,
        organization_id=organization_id,
        project_id=None,
        recipients=administrators.values_list("user_id", flat=True),
        link="/usage",
        parameters={"quota": str(kind), "percent": after * 100 // limit},
        group=f"quota-{kind}",
    )
