"""App config."""

from django.apps import AppConfig


class VersionsConfig(AppConfig):
    """Label: `model_versions`."""

    name = "registry.model_versions"
    label = "model_versions"

    def ready(self) -> None:
        """Versions made from erased items say so."""
        from plateau.datalake.hooks import DataHolder, data_holders
        from registry.model_versions import erasure

        data_holders.append(DataHolder(erasure.impact_of, erasure.erase))
