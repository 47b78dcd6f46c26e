"""Lists of tasks and of comments on them."""

from functools import reduce
from operator import or_
from typing import Any, Literal

from django.db.models import Q, QuerySet

from annotation.labeling.models import Task, TaskQuerySet, TaskState
from plateau.http.filters import ListFilters, PresenceFilter, QueryFilter, StateFilter
from plateau.http.paging import Listing
from plateau.http.query import QueryText, RowId


class ConflictFilter(QueryFilter):
    """By whether annotations of a task differ and nobody decided yet."""

    def filter(self, qs: "TaskQuerySet", value: bool) -> "TaskQuerySet":
        """Conflicts, or all others."""
        return qs.in_conflict() if value else qs.exclude(pk__in=Task.objects.in_conflict().values("pk"))


class LabelFilter(QueryFilter):
    """By a label that the resolved annotation has."""

    def filter(self, qs: "QuerySet[Task]", value: str) -> "QuerySet[Task]":
        """Of the whole item, of one of its regions, or of one of its spans."""
        marks = [{"label": value}]
        shapes: list[Any] = [{"label": value}, {"labels": [value]}, {"regions": marks}, {"spans": marks}]
        return qs.filter(reduce(or_, (Q(annotation__value__contains=shape) for shape in shapes)))


class TaskFilters(ListFilters):
    """Of tasks."""

    state = StateFilter(Literal[(*TaskState.values, "all")], "In one state, or in all", default="done")
    has_agreement = PresenceFilter("With several annotations that were compared", field_name="agreement")
    assignee_id = QueryFilter(RowId, "Assigned to one user")
    team_id = QueryFilter(RowId, "Assigned to one team")
    is_conflict = ConflictFilter(bool, "Whose annotations differ and that nobody decided yet, or all others")
    label = LabelFilter(QueryText, "With one label, by its id, in the resolved annotation")
    annotator_id = QueryFilter(
        RowId, "Tasks whose label is this user's annotation, by the annotation", field_name="annotation__user_id"
    )


TASKS = Listing(
    ordering={"id": "pk", "agreement": "agreement", "name": "item__name"},
    search=("item__name",),
    filters=TaskFilters,
    limit=30,
)


class CommentFilters(ListFilters):
    """Of comments."""

    is_resolved = PresenceFilter("Resolved ones, or those that are not", field_name="resolved_at")
    user_id = QueryFilter(RowId, "By one user")


COMMENTS = Listing(default="id", search=("text",), filters=CommentFilters, limit=200)
