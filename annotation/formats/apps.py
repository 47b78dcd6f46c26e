"""App config."""

from django.apps import AppConfig


class FormatsConfig(AppConfig):
    """Label: `formats`."""

    name = "annotation.formats"
    label = "formats"

    def ready(self) -> None:
        """Name the handler of importing."""
        from annotation.formats.imports import run_import
        from plateau.jobs.handlers import register

        register("import_labels", run_import)
