"""Lists of tasks and of comments on them."""

from typing import Literal

from annotation.labeling.models import TaskState
from plateau.http.filters import ListFilters, PresenceFilter, QueryFilter, StateFilter
from plateau.http.paging import Listing
from plateau.http.query import RowId


class TaskFilters(ListFilters):
    """Of tasks."""

    state = StateFilter(Literal[(*TaskState.values, "all")], "In one state, or in all", default="done")
    has_agreement = PresenceFilter("With several annotations that were compared", field_name="agreement")
    assignee_id = QueryFilter(RowId, "Assigned to one user")
    team_id = QueryFilter(RowId, "Assigned to one team")
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
