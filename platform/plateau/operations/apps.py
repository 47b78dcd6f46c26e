"""App config."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Label: `operations`."""

    name = "plateau.operations"
    label = "operations"
