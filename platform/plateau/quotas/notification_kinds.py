"""What administrators are told of quotas."""

from plateau.notifications.kinds import NotificationKind
from plateau.quotas.models import QUOTA_TITLES

QUOTA_NEARLY_USED = NotificationKind(
    key="quota.nearly_used",
    subject="Quota nearly used: {quota}",
    text="Your organization has used {percent} % of its quota ({quota}). Delete what nobody needs, or ask whoever runs "
    "this installation for more.",
    titles={"quota": lambda kind: QUOTA_TITLES.get(kind, kind)},
    is_emailed=True,
)
