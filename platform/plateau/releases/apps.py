"""App config."""

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    """Label: `releases`."""

    name = "plateau.releases"
    label = "releases"
