"""App config."""

from django.apps import AppConfig


class VersionsConfig(AppConfig):
    """Label: `versions`."""

    name = "registry.versions"
    label = "versions"
