"""App config."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Label: `quality`."""

    name = "annotation.quality"
    label = "quality"

    def ready(self) -> None:
        """Name the handler of consensus; reviews of erased items go; gold and verdicts count in the queue."""
        from annotation.labeling.hooks import GoldDesk, gold_desks, rejected_by
        from annotation.quality import erasure, gold
        from annotation.quality.job_kinds import CONSENSUS
        from annotation.quality.queries import rejected_among
        from plateau.datalake.hooks import Follower, followers
        from plateau.jobs.kinds import JOB_KINDS

        JOB_KINDS.register(CONSENSUS, handler="annotation.quality.services.run_consensus")
        followers.append(Follower(erasure.reach, erasure.erase))
        gold_desks.append(GoldDesk(hand_out=gold.HAND_OUT, score=gold.note))
        rejected_by.append(rejected_among)
