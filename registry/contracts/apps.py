"""App config."""

from django.apps import AppConfig


class AcceptanceConfig(AppConfig):
    """Label: `acceptance`."""

    name = "registry.contracts"
    label = "acceptance"
