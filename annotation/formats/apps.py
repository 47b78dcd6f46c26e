"""App config."""

from django.apps import AppConfig


class FormatsConfig(AppConfig):
    """Label: `formats`."""

    name = "annotation.formats"
    label = "formats"
