"""App config."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Label: `quality`."""

    name = "annotation.quality"
    label = "quality"

    def ready(self) -> None:
        """Name the handler of consensus; reviews of erased items go; gold and verdicts count in the queue."""
        from annotation.labeling.hooks import GoldProvider, gold_providers, rejection_queries
        from annotation.quality import erasure, gold
        from annotation.quality.job_kinds import CONSENSUS
        from annotation.quality.queries import rejected_annotations
        from plateau.datalake.hooks import DataHolder, data_holders
        from plateau.jobs.kinds import JOB_KINDS

        JOB_KINDS.register(CONSENSUS, handler="annotation.quality.services.run_consensus")
        data_holders.append(DataHolder(erasure.impact_of, erasure.erase))
        gold_providers.append(GoldProvider(lease_tasks=gold.LEASE_GOLD_TASKS, score_annotation=gold.score_annotation))
        rejection_queries.append(rejected_annotations)
