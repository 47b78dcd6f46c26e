"""App config."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Label: `projects`."""

    name = "annotation.projects"
    label = "projects"
