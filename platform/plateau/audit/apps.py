"""App config."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Label: `audit`."""

    name = "plateau.audit"
    label = "audit"
