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
        from annotation.quality.queries import rejected_among
        from annotation.quality.services import run_consensus
        from plateau.datalake.hooks import Follower, followers
        from plateau.jobs.handlers import register

        register("consensus", run_consensus)
        followers.append(Follower(erasure.reach, erasure.erase))
        gold_desks.append(GoldDesk(hand_out=gold.HAND_OUT, score=gold.note))
        rejected_by.append(rejected_among)
