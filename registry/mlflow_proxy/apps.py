"""App config."""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """Label: `tracking`."""

    name = "registry.mlflow_proxy"
    label = "tracking"

    def ready(self) -> None:
        """MLflow's tables belong to what must be there before requests are answered."""
        from plateau.telemetry.health import SCHEMAS
        from registry.mlflow_proxy.schema import problem

        SCHEMAS.append(problem)
