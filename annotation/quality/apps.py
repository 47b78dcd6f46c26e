"""App config."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Label: `quality`."""

    name = "annotation.quality"
    label = "quality"

    def ready(self) -> None:
        """Name the handler of consensus; reviews of erased items go."""
        from annotation.quality import erasure
        from annotation.quality.job_kinds import CONSENSUS
        from plateau.datalake.hooks import Follower, followers
        from plateau.jobs.kinds import JOB_KINDS

        JOB_KINDS.add(CONSENSUS, handler="annotation.quality.services.run_consensus")
        followers.append(Follower(erasure.reach, erasure.erase))
