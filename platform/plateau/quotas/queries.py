"""What an organization uses."""

from plateau.access.scopes import Actor
from plateau.quotas.items import count_items
from plateau.quotas.limits import WARN_AT_PERCENT, limits_of
from plateau.quotas.models import QuotaKind, StorageUsage
from plateau.quotas.requests import requests_now
from plateau.quotas.schemas import QuotaUsage, UsageOut


def usage_of(actor: Actor) -> UsageOut:
    """Use and limits of the caller's organization, of counters alone."""
    storage = StorageUsage.objects.filter(organization_id=actor.organization_id).first()
    used: dict[QuotaKind, int | None] = {
        QuotaKind.STORAGE: storage.used_bytes if storage else 0,
        QuotaKind.ITEMS: count_items(actor.organization_id),
        **requests_now(actor.organization_id),
    }
    limits = limits_of(actor.organization_id)
    quotas = {str(kind): QuotaUsage(used=used[kind], limit=limits[kind]) for kind in QuotaKind}
    return UsageOut(**quotas, warn_at_percent=WARN_AT_PERCENT)
