"""App config."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Label: `projects`."""

    name = "annotation.projects"
    label = "projects"

    def ready(self) -> None:
        """No work on an archived project begins."""
        from annotation.projects.queries import is_archived
        from plateau.jobs.hooks import archived_by

        archived_by.append(is_archived)
