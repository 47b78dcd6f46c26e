"""App config."""

from django.apps import AppConfig


class VersionsConfig(AppConfig):
    """Label: `model_versions`."""

    name = "registry.model_versions"
    label = "model_versions"

    def ready(self) -> None:
        """Files of versions never change; versions made from erased items say so; others are told of versions."""
        from plateau.datalake.hooks import DataHolder, data_holders
        from plateau.identity.hooks import person_erasure_handlers
        from plateau.notifications.kinds import NOTIFICATION_KINDS
        from plateau.quotas.storage import key_owners
        from plateau.storage.guarded import write_guards
        from registry.mlflow_store.artifacts import read_checks
        from registry.model_versions import erasure, immutability
        from registry.model_versions import key_owners as owners
        from registry.model_versions.notification_kinds import ALIAS_MOVED, ALIAS_REMOVED, VERSION_REGISTERED

        NOTIFICATION_KINDS.add(ALIAS_MOVED, ALIAS_REMOVED, VERSION_REGISTERED)
        person_erasure_handlers.append(erasure.erase_person)
        data_holders.append(DataHolder(erasure.impact_of, erasure.erase))
        write_guards.append(immutability.unregistered)
        key_owners["mlflow"] = owners.organization_of_artifact
        key_owners["exports"] = owners.organization_of_export
        read_checks.append(immutability.check_local_file)
