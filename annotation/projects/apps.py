"""App config."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Label: `projects`."""

    name = "annotation.projects"
    label = "projects"

    def ready(self) -> None:
        """No work on an archived project begins; of an erased person no private view is left."""
        from annotation.projects.queries import is_archived, names_of_active_projects_on
        from annotation.projects.saved_views import erase_person
        from plateau.datalake.hooks import dataset_users
        from plateau.identity.hooks import person_erasure_handlers
        from plateau.jobs.hooks import archived_by

        archived_by.append(is_archived)
        dataset_users.append(names_of_active_projects_on)
        person_erasure_handlers.append(erase_person)
