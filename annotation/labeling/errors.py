"""What labeling refuses."""

from plateau.http.errors import Conflict


class TaskLeaseLost(Conflict):
    """Somebody else holds the task or annotated it; the annotation was not saved and is still with the client."""

    code = "task_lease_lost"
    title = "The task went to somebody else"


class TaskLeased(Conflict):
    """Somebody else holds the task."""

    code = "task_leased"
    title = "Somebody else has this task"


class IdempotencyKeyReused(Conflict):
    """The idempotency key was used before for another annotation."""

    code = "idempotency_key_reused"
    title = "Idempotency key used twice"


class AnnotatedElsewhere(Conflict):
    """The caller annotated this task in another window or on another machine since it was opened here."""

    code = "annotated_elsewhere"
    title = "Annotated elsewhere"


class ReplacementLabelRequired(Conflict):
    """Each item has one class, so a class that is removed needs another one in its place."""

    code = "replacement_label_required"
    title = "Name the label that takes its place"
