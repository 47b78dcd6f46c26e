"""What runs by the clock."""

from celery import shared_task

from registry.model_versions.artifact_cleanup import delete_unused_artifacts
from registry.model_versions.hashes import record_missing_hashes
from registry.model_versions.mlflow_sync import sync_differing_models


@shared_task(name="registry.model_versions.tasks.sync_mlflow_registry", expires=50)
def sync_mlflow_registry() -> None:
    """Every minute: what a process that died left different between MLflow's registry and ours."""
    sync_differing_models()


@shared_task(name="registry.model_versions.tasks.record_file_hashes", expires=50)
def record_file_hashes() -> None:
    """Every minute: hashes of files that were too large to be read when their version was registered."""
    record_missing_hashes()


@shared_task(name="registry.model_versions.tasks.delete_unused_artifacts", expires=3600)
def delete_unused_artifacts_daily() -> None:
    """Once a day: files of what was deleted long enough ago."""
    delete_unused_artifacts()
