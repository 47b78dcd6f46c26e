"""App config."""

from django.apps import AppConfig


class DeploymentsConfig(AppConfig):
    """Label: `deployments`."""

    name = "registry.deployments"
    label = "deployments"
