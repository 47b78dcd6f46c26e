"""App config."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Label: `quality`."""

    name = "annotation.quality"
    label = "quality"

    def ready(self) -> None:
        """Name the handler of consensus; reviews of erased items go."""
        from annotation.quality import erasure
        from annotation.quality.services import run_consensus
        from plateau.datalake.hooks import Follower, followers
        from plateau.jobs.handlers import register

        register("consensus", run_consensus)
        followers.append(Follower(erasure.reach, erasure.erase))
