"""App config."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Label: `webhooks`."""

    name = "registry.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        """Events go to webhooks; a gauge shows the deliveries that wait."""
        from plateau.notifications.kinds import event_listeners
        from plateau.telemetry.gauges import GAUGES, Gauge
        from registry.webhooks.services import enqueue_deliveries

        event_listeners.append(enqueue_deliveries)
        GAUGES.append(
            Gauge(
                "plateau_webhook_deliveries_pending",
                "Webhook deliveries that are not sent yet",
                "state",
                "SELECT state, count(*) FROM webhooks_delivery WHERE state = 'pending' GROUP BY 1",
            )
        )
