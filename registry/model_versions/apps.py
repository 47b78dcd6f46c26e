"""App config."""

from django.apps import AppConfig


class VersionsConfig(AppConfig):
    """Label: `model_versions`."""

    name = "registry.model_versions"
    label = "model_versions"

    def ready(self) -> None:
        """Versions made from erased items say so; other systems are told of versions and aliases."""
        from plateau.datalake.hooks import DataHolder, data_holders
        from plateau.notifications.kinds import NOTIFICATION_KINDS
        from registry.model_versions import erasure
        from registry.model_versions.notification_kinds import ALIAS_MOVED, ALIAS_REMOVED, VERSION_REGISTERED

        NOTIFICATION_KINDS.add(ALIAS_MOVED, ALIAS_REMOVED, VERSION_REGISTERED)
        data_holders.append(DataHolder(erasure.impact_of, erasure.erase))
