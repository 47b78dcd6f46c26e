"""App config."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Label: `jobs`."""

    name = "plateau.jobs"
    label = "jobs"
