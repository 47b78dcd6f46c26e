"""App config."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Label: `webhooks`."""

    name = "registry.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        """Messages that wait are watched."""
        from plateau.telemetry.gauges import GAUGES, Gauge

        GAUGES.append(
            Gauge(
                "plateau_webhooks_waiting",
                "Webhook messages that wait to be sent",
                "state",
                "SELECT state, count(*) FROM webhooks_delivery WHERE state = 'waiting' GROUP BY 1",
            )
        )
