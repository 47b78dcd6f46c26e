"""What labeling refuses."""

from typing import ClassVar

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
    """The caller is paused in this project, no member of it, or at the limit of annotations; `blocked_reason` has it.

    Args:
        reason: `paused`, `not_assigned` or `limit_reached`.
    """

    code = "labeling_blocked"
    title = "Labeling blocked"

    _DETAILS: ClassVar[dict[str, str]] = {
        "paused": "Your work in this project is paused. Nothing was saved; ask its manager.",
        "not_assigned": "You are not a member of this project. Nothing was saved; ask its manager.",
        "limit_reached": "You have reached your limit of annotations in this project. Nothing was saved.",
    }

    def __init__(self, reason: str) -> None:
        super().__init__(self._DETAILS[reason], blocked_reason=reason)
