"""App config."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Label: `audit`."""

    name = "plateau.audit"
    label = "audit"

    def ready(self) -> None:
        """What is done to members, tokens and sessions is recorded."""
        from plateau.audit.services import record
        from plateau.identity.hooks import recorders

        recorders.append(record)
