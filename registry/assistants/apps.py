"""App config."""

from django.apps import AppConfig


class AssistantsConfig(AppConfig):
    """Label: `assistants`."""

    name = "registry.assistants"
    label = "assistants"
