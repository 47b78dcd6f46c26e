"""App config."""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """Label: `mlflow_store`."""

    name = "registry.mlflow_store"
    label = "mlflow_store"

    def ready(self) -> None:
        """MLflow's tables belong to what must be there before requests are answered."""
        from plateau.telemetry.health import SCHEMAS
        from registry.mlflow_store.schema import schema_problem

        SCHEMAS.append(schema_problem)
