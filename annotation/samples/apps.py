"""App config."""

from django.apps import AppConfig


class SamplesConfig(AppConfig):
    """Label: `samples`."""

    name = "annotation.samples"
    label = "samples"
