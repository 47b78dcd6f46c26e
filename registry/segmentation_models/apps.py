"""App config."""

from django.apps import AppConfig


class AssistantsConfig(AppConfig):
    """Label: `assistants`."""

    name = "registry.segmentation_models"
    label = "assistants"
