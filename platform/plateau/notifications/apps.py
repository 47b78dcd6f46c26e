"""App config."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Label: `notifications`."""

    name = "plateau.notifications"
    label = "notifications"

    def ready(self) -> None:
        """Invitations go by e-mail; an erased person leaves nothing behind; e-mails that wait are watched."""
        from plateau.identity.hooks import mailers, person_erasure_handlers
        from plateau.notifications.outbox import enqueue_account_email
        from plateau.notifications.services import erase_person
        from plateau.telemetry.gauges import GAUGES, Gauge

        mailers.append(enqueue_account_email)
        person_erasure_handlers.append(erase_person)
        sql = """SELECT CASE WHEN failed_at IS NULL THEN 'waiting' ELSE 'failed' END, count(*)
            FROM notifications_email GROUP BY 1"""
        GAUGES.append(Gauge("plateau_emails", "E-mails that were not sent", "state", sql))
