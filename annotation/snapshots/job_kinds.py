"""Jobs that build snapshots."""

from dataclasses import dataclass

from labelkit.messages import Message
from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class SnapshotPayload:
    """Build a snapshot."""

    snapshot_id: int


SNAPSHOT = JobKind(
    "snapshot",
    SnapshotPayload,
    queue="default",
    subject={"project": "project_id"},
    title="Snapshot",
    # Under its old number it would hold the labels of today, after later snapshots.
    restart_refusal=Message("A snapshot holds the labels of the moment it was created. Create a new snapshot."),
)
