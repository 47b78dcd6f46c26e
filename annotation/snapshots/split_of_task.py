"""The split of a task's item, for lists of tasks."""

from django.db.models import OuterRef, Subquery

from annotation.snapshots.models import SplitAssignment


def assigned_split() -> Subquery:
    """The split that a task's item was assigned to in its project; null where it is none."""
    rows = SplitAssignment.objects.filter(project_id=OuterRef("project_id"), item_id=OuterRef("item_id"))
    return Subquery(rows.values("split")[:1])
