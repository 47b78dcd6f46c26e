"""App config."""

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig

if TYPE_CHECKING:
    from plateau.jobs.handlers import Running


class TrainingConfig(AppConfig):
    """Label: `training`."""

    name = "workers.training"
    label = "training"

    def ready(self) -> None:
        """Name what runs the jobs that need a trainer process; caches forget erased items."""
        from plateau.datalake.hooks import Follower, followers
        from plateau.jobs.handlers import register
        from workers.runtime.supervise import run_trainer, run_training
        from workers.training import erasure

        register("train", run_training)
        register("study", run_trainer)
        register("judge", run_trainer)
        register("replay", run_trainer)
        register("selection", _ordering)
        register("doubts", _doubts)
        followers.append(Follower(erasure.reach, erasure.erase))


def _ordering(running: "Running") -> dict[str, Any]:
    from workers.training.ordering import run_ordering  # scikit-learn is loaded where it is used

    return run_ordering(running)


def _doubts(running: "Running") -> dict[str, Any]:
    from workers.training.label_issues import run_doubts

    return run_doubts(running)
