"""App config."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Label: `identity`."""

    name = "plateau.identity"
    label = "identity"

    def ready(self) -> None:
        """Teach the OpenAPI generator our sign-in."""
        import plateau.identity.openapi  # noqa: F401  # registers itself
