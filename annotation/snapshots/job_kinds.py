"""Jobs that build snapshots."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class SnapshotPayload:
    """Build a snapshot."""

    snapshot_id: int


SNAPSHOT = JobKind("snapshot", SnapshotPayload, queue="default", subject={"project": "project_id"}, title="Snapshot")
