"""What runs by the clock."""

from celery import shared_task

from registry.model_versions.hashes import record_waiting
from registry.model_versions.mirror import mend
from registry.model_versions.sweep import sweep


@shared_task(name="registry.model_versions.tasks.mend_mirror", expires=50)
def mend_mirror() -> None:
    """Every minute: what a process that died left different between MLflow's registry and ours."""
    mend()


@shared_task(name="registry.model_versions.tasks.record_hashes", expires=50)
def record_hashes() -> None:
    """Every minute: hashes of files that were too large to be read when their version was registered."""
    record_waiting()


@shared_task(name="registry.model_versions.tasks.sweep_artifacts", expires=3600)
def sweep_artifacts() -> None:
    """Once a day: files of what was deleted long enough ago."""
    sweep()
