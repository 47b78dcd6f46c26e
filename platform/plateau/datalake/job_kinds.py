"""Jobs on datasets."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class IngestOrder:
    """Take in the files of an upload."""

    batch_id: int


@dataclass(frozen=True)
class ErasureOrder:
    """Erase items."""

    erasure_id: int


INGEST = JobKind("ingest", IngestOrder, queue="default", subject={"upload": "payload__batch_id"})
ERASE = JobKind("erase", ErasureOrder, queue="default", subject={"dataset": "erasure__dataset_id"})
