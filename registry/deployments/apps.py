"""App config."""

from django.apps import AppConfig


class DeploymentsConfig(AppConfig):
    """Label: `deployments`."""

    name = "registry.deployments"
    label = "deployments"

    def ready(self) -> None:
        """Versions that a deployment serves are not taken from under it."""
        from plateau.quotas.storage import key_owners
        from registry.deployments import queries
        from registry.model_versions.hooks import ServingProvider, serving_providers, use_providers

        use_providers.append(queries.uses_of)
        key_owners["feedback"] = queries.organization_of_feedback
        key_owners["predictions"] = queries.organization_of_predictions
        serving_providers.append(
            ServingProvider(by_version=queries.deployments_by_version, by_alias=queries.deployments_by_alias)
        )
