"""App config."""

from django.apps import AppConfig


class FormatsConfig(AppConfig):
    """Label: `formats`."""

    name = "annotation.formats"
    label = "formats"

    def ready(self) -> None:
        """Name the handler of importing."""
        from annotation.formats.job_kinds import IMPORT_LABELS
        from plateau.datalake.notification_kinds import IMPORT_FINISHED
        from plateau.jobs.kinds import JOB_KINDS
        from plateau.jobs.notification_kinds import END_KINDS

        JOB_KINDS.register(IMPORT_LABELS, handler="annotation.formats.imports.run_import")
        END_KINDS[IMPORT_LABELS.key] = IMPORT_FINISHED
