"""App config."""

from django.apps import AppConfig


class FormatsConfig(AppConfig):
    """Label: `formats`."""

    name = "annotation.formats"
    label = "formats"

    def ready(self) -> None:
        """Name the handler of importing."""
        from plateau.jobs.handlers import register

        from annotation.formats.imports import run_import

        register("import_labels", run_import)
