"""App config."""

from django.apps import AppConfig


class DatalakeConfig(AppConfig):
    """Label: `datalake`."""

    name = "plateau.datalake"
    label = "datalake"

    def ready(self) -> None:
        """Name the handlers of uploads and of erasures."""
        from plateau.datalake.erasure import erase
        from plateau.datalake.services import ingest
        from plateau.jobs.handlers import register

        register("ingest", ingest)
        register("erase", erase)
