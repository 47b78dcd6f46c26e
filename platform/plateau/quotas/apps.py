"""App config."""

from django.apps import AppConfig


class QuotasConfig(AppConfig):
    """Label: `quotas`."""

    name = "plateau.quotas"
    label = "quotas"

    def ready(self) -> None:
        """Count files and requests from now on."""
        from plateau.http.callers import request_meters
        from plateau.notifications.kinds import NOTIFICATION_KINDS
        from plateau.quotas import requests, storage
        from plateau.quotas.notification_kinds import QUOTA_NEARLY_USED
        from plateau.storage.guarded import ledgers

        NOTIFICATION_KINDS.add(QUOTA_NEARLY_USED)
        ledgers.append(storage.StorageLedger())
        request_meters.append(requests.count_request)
