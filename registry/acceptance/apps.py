"""App config."""

from django.apps import AppConfig


class AcceptanceConfig(AppConfig):
    """Label: `acceptance`."""

    name = "registry.acceptance"
    label = "acceptance"
