"""Jobs that let versions answer many items."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class BatchOrder:
    """Answer the items of a batch."""

    batch_id: int


PREDICT = JobKind(
    "predict", BatchOrder, queue="cpu",
    subject={"project": "project_id", "version": "batch__version_id", "dataset": "batch__dataset_id"},
)  # fmt: skip
