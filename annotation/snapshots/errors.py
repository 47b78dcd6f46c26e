"""What freezing refuses."""

from plateau.http.errors import Conflict


class NothingLabeled(Conflict):
    """No task of the project is done, so there is nothing to freeze."""

    code = "nothing_labeled"
    title = "No labels"


class SnapshotInProgress(Conflict):
    """A snapshot of the project is being built."""

    code = "snapshot_in_progress"
    title = "Snapshot in progress"


class SnapshotNotReady(Conflict):
    """The snapshot has no manifest yet, or its build failed."""

    code = "snapshot_not_ready"
    title = "Not ready"


class OneSidedSplit(Conflict):
    """Every labeled item would be in one split, so that nothing could be trained or evaluated."""

    code = "one_sided_split"
    title = "All items in one split"
