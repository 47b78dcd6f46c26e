"""What labeling refuses."""

from plateau.http.errors import Conflict


class TaskLeaseLost(Conflict):
    """Somebody else holds the task or annotated it; the annotation was not saved and is still with the client."""

    code = "task_lease_lost"
    title = "Task reassigned"


class TaskLeased(Conflict):
    """Somebody else holds the task."""

    code = "task_leased"
    title = "Task assigned to somebody else"


class TooManyDrafts(Conflict):
    """The caller's drafts take all the room that one person's may."""

    code = "too_many_drafts"
    title = "Too many drafts"

    def __init__(self) -> None:
        super().__init__("Your unfinished annotations take too much room. Submit or skip some of them first.")


class IdempotencyKeyReused(Conflict):
    """The idempotency key was used before for another annotation."""

    code = "idempotency_key_reused"
    title = "Idempotency key reused"


class AnnotatedElsewhere(Conflict):
    """The caller annotated this task in another window or on another machine since it was opened here."""

    code = "annotated_elsewhere"
    title = "Annotated elsewhere"


class ReplacementLabelRequired(Conflict):
    """Each item has one class, so a class that is removed needs another one in its place."""

    code = "replacement_label_required"
    title = "Replacement label required"


class LabelingBlocked(Conflict):
    """The caller is paused in this project, no member of it, or at the limit; `blocked_reason` says which, as a lease
    does.
    """

    code = "labeling_blocked"
    title = "Labeling blocked"
