"""App config."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Label: `webhooks`."""

    name = "registry.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        """Register the gauge of pending deliveries."""
        from plateau.telemetry.gauges import GAUGES, Gauge

        GAUGES.append(
            Gauge(
                "plateau_webhook_deliveries_pending",
                "Webhook deliveries that are not sent yet",
                "state",
                "SELECT state, count(*) FROM webhooks_delivery WHERE state = 'pending' GROUP BY 1",
            )
        )
