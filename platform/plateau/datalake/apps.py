"""App config."""

from django.apps import AppConfig


class DatalakeConfig(AppConfig):
    """Label: `datalake`."""

    name = "plateau.datalake"
    label = "datalake"

    def ready(self) -> None:
        """Name the handlers of uploads and of erasures; new organizations get a folder of the storage."""
        from plateau.datalake.job_kinds import ERASE, INGEST
        from plateau.datalake.notification_kinds import IMPORT_FINISHED
        from plateau.datalake.queries import count_items, organization_of_upload
        from plateau.datalake.services import grant_own_source
        from plateau.identity.hooks import organization_creation_handlers
        from plateau.jobs.kinds import JOB_KINDS
        from plateau.jobs.notification_kinds import END_KINDS
        from plateau.notifications.kinds import NOTIFICATION_KINDS
        from plateau.quotas.items import item_counters
        from plateau.quotas.storage import key_owners

        JOB_KINDS.register(INGEST, handler="plateau.datalake.services.ingest")
        JOB_KINDS.register(ERASE, handler="plateau.datalake.erasure.erase")
        NOTIFICATION_KINDS.add(IMPORT_FINISHED)
        END_KINDS[INGEST.key] = IMPORT_FINISHED
        organization_creation_handlers.append(grant_own_source)
        item_counters.append(count_items)
        key_owners["staging"] = organization_of_upload
