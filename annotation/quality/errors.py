"""What quality control refuses."""

from labelkit.messages import Message
from plateau.http.errors import Conflict


class AnnotationChanged(Conflict):
    """The annotation under review is not the newest one any more; nothing was decided."""

    code = "annotation_changed"
    title = "Annotation changed"


class TaskNotAnnotated(Conflict):
    """The task has no annotation that could be trusted."""

    code = "task_not_annotated"
    title = "Not annotated"


class LabelIssuesNeedMoreLabels(Conflict):
    """The project has too few labels for a model to learn what a label should be."""

    code = "label_issues_need_more_labels"
    title = "Too few labels"

    def __init__(self, minimum: int) -> None:
        super().__init__(
            Message(
                "Label at least {minimum} items first: label errors are found by comparing items.", minimum=minimum
            ),
            minimum=minimum,
        )
