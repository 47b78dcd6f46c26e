"""App config."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Label: `audit`."""

    name = "plateau.audit"
    label = "audit"

    def ready(self) -> None:
        """What is done to members, tokens and sessions is recorded; events that wait for their seal are watched."""
        from plateau.access.recording import call_recorders
        from plateau.audit.services import record, record_call
        from plateau.identity.hooks import recorders
        from plateau.telemetry.gauges import GAUGES, Gauge

        recorders.append(record)
        call_recorders.append(record_call)
        sql = "SELECT 'audit', count(*) FROM audit_auditpending"
        GAUGES.append(Gauge("plateau_audit_waiting", "Audit events without a seal", "log", sql))
