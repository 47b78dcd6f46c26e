"""App config."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Label: `identity`."""

    name = "plateau.identity"
    label = "identity"
