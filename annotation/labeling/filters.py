"""Lists of tasks and of comments on them."""

import json
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.utils import timezone
from pydantic import Field

from annotation.labeling.hooks import split_of_task
from annotation.labeling.models import Task, TaskQuerySet, TaskState
from plateau.datalake.filters import MetaFilter, json_readings
from plateau.http.filters import ListFilters, PresenceFilter, QueryFilter, StateFilter
from plateau.http.paging import Listing
from plateau.http.query import QueryText, RowId

CONFIDENCES = ("0-50", "50-80", "80-90", "90-95", "95-100")


class ConflictFilter(QueryFilter):
    """By whether annotations of a task differ and nobody decided yet."""

    def filter(self, qs: "TaskQuerySet", value: bool) -> "TaskQuerySet":
        """Conflicts, or all others."""
        return qs.in_conflict() if value else qs.exclude(pk__in=Task.objects.in_conflict().values("pk"))


class LabelFilter(QueryFilter):
    """By a label that the resolved annotation has."""

    def filter(self, qs: "QuerySet[Task]", value: str) -> "QuerySet[Task]":
        """Of the whole item, of one of its regions, or of one of its spans."""
        return qs.filter(annotation__label_ids__contains=[value])


class JsonPathExists(Func):
    """Whether a path leads anywhere in a JSON document."""

    template = "jsonb_path_exists(%(expressions)s::jsonpath)"
    output_field = BooleanField()


class AttributeFilter(QueryFilter):
    """By an attribute of the item or of one of its regions or spans, and its value where one is named."""

    def filter(self, qs: "QuerySet[Task]", value: str) -> "QuerySet[Task]":
        """`occluded:true` or `occluded`."""
        key, colon, wanted = value.partition(":")
        if not colon:
            has_it: Any = JsonPathExists(F("annotation__value"), Value(f"$.**.attributes.{json.dumps(key)}"))
            return qs.filter(has_it)
        bearers: list[dict[str, Any]] = [{"attributes": {key: reading}} for reading in json_readings(wanted)]
        bearers += [{"attributes": {key: [wanted]}}]
        shapes = [shape for bearer in bearers for shape in (bearer, {"regions": [bearer]}, {"spans": [bearer]})]
        return qs.filter(reduce(or_, (Q(annotation__value__contains=shape) for shape in shapes)))


class ConfidenceFilter(QueryFilter):
    """By the confidence of the model's prediction."""

    def filter(self, qs: "QuerySet[Task]", value: str) -> "QuerySet[Task]":
        """Of one range; the last one includes 100 %."""
        low, high = (int(bound) / 100 for bound in value.split("-"))
        below = "lt" if high < 1 else "lte"
        return qs.filter(**{"pre_annotation__score__gte": low, f"pre_annotation__score__{below}": high})


class AnnotatedWithinFilter(QueryFilter):
    """By how many days ago the resolved annotation was made."""

    def filter(self, qs: "QuerySet[Task]", value: int) -> "QuerySet[Task]":
        """At most so many."""
        return qs.filter(annotation__created_at__gte=timezone.now() - timedelta(days=value))


class SplitFilter(QueryFilter):
    """By the split that the item was assigned to."""

    def filter(self, qs: "QuerySet[Task]", value: str) -> "QuerySet[Task]":
        """One of them, or `none`."""
        rows = qs.annotate(split=split_of_task())
        return rows.filter(split__isnull=True) if value == "none" else rows.filter(split=value)


class TaskFilters(ListFilters):
    """Of tasks."""

    state = StateFilter(Literal[(*TaskState.values, "all")], "In one state, or in all", default="done")
    has_agreement = PresenceFilter("With several annotations that were compared", field_name="agreement")
    assignee_id = QueryFilter(RowId, "Assigned to one user")
    team_id = QueryFilter(RowId, "Assigned to one team")
    is_conflict = ConflictFilter(bool, "Whose annotations differ and that nobody decided yet, or all others")
    label = LabelFilter(QueryText, "With one label, by its id, in the resolved annotation")
    meta = MetaFilter(QueryText, "Whose item has a metadata key, or `key:value`", field_name="item__meta")
    attribute = AttributeFilter(QueryText, "With an attribute in the resolved annotation, by its id, or `id:value`")
    confidence = ConfidenceFilter(Literal[CONFIDENCES], "Whose prediction has a confidence in this range, in percent")
    annotated_within_days = AnnotatedWithinFilter(
        Annotated[int, Field(ge=1, le=3650)], "Whose resolved annotation is at most so many days old"
    )
    split = SplitFilter(Literal["train", "test", "excluded", "none"], "Whose item is assigned to a split, or to none")
    annotator_id = QueryFilter(
        RowId, "Tasks whose label is this user's annotation, by the annotation", field_name="annotation__user_id"
    )


TASKS = Listing(
    ordering={"id": "pk", "agreement": "agreement", "name": "item__name"},
    search=("item__name",),
    filters=TaskFilters,
    limit=30,
    wide=("annotation__value", "item__text", "item__meta"),
)


class CommentFilters(ListFilters):
    """Of comments."""

    is_resolved = PresenceFilter("Resolved ones, or those that are not", field_name="resolved_at")
    user_id = QueryFilter(RowId, "By one user")


COMMENTS = Listing(default="id", search=("text",), filters=CommentFilters, limit=200)
