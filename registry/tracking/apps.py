"""App config."""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """Label: `tracking`."""

    name = "registry.tracking"
    label = "tracking"
