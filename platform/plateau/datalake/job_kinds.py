"""Jobs on datasets."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class IngestPayload:
    """Take in the files of an upload."""

    batch_id: int


@dataclass(frozen=True)
class ErasurePayload:
    """Erase items."""

    erasure_id: int


INGEST = JobKind("ingest", IngestPayload, queue="default", subject={"upload": "payload__batch_id"}, title="Data import")
ERASE = JobKind("erase", ErasurePayload, queue="default", subject={"dataset": "erasure__dataset_id"}, title="Erasure")
