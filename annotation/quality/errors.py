"""What quality control refuses."""

from plateau.http.errors import Conflict


class AnnotationChanged(Conflict):
    """The annotation under review is not the newest one any more; nothing was decided."""

    code = "annotation_changed"
    title = "The annotation changed"


class TaskNotAnnotated(Conflict):
    """The task has no annotation that could be trusted."""

    code = "task_not_annotated"
    title = "No annotation yet"
