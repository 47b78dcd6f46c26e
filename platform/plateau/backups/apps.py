"""App config."""

from django.apps import AppConfig


class BackupsConfig(AppConfig):
    """Label: `backups`."""

    name = "plateau.backups"
    label = "backups"
