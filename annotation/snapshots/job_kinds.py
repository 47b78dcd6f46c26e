"""Jobs that build snapshots."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class SnapshotOrder:
    """Build a snapshot."""

    snapshot_id: int


SNAPSHOT = JobKind("snapshot", SnapshotOrder, queue="default", subject={"project": "project_id"})
