"""App config."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Label: `webhooks`."""

    name = "registry.webhooks"
    label = "webhooks"
