"""App config."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Label: `quality`."""

    name = "annotation.quality"
    label = "quality"
