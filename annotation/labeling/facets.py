"""How many tasks there are of each state, label, person …: what filters of a list say beside their choices.

What is counted is bounded: of a longer list the newest `MAX_COUNTED` tasks, in one statement, and one more for each
filter that is set, since its own choices are counted without it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db.models import F, Func, JSONField, QuerySet
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.labeling.filters import CONFIDENCES, TASKS
from annotation.labeling.hooks import split_of_task
from annotation.labeling.models import Task
from annotation.projects.models import Project
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.datalake.facets import FacetValue, count_values, filters_of
from plateau.http.errors import NotFound
from plateau.http.openapi import document
from plateau.http.query import parse_query

MAX_COUNTED = 5000
MAX_VALUES = 50  # of one facet, the most frequent


class AttributesOf(Func):
    """Attributes of an annotation and of its regions or spans, as a list; their points and pixels are not walked."""

    template = "jsonb_path_query_array(%(expressions)s, '$.**{0 to 2}.attributes')"
    output_field = JSONField()


COLUMNS = {
    "state": F("state"),
    "label": F("annotation__label_ids"),
    "annotator_id": F("annotation__user_id"),
    "team_id": F("team_id"),
    "meta": F("item__meta"),
    "attribute": AttributesOf(F("annotation__value")),
    "confidence": F("pre_annotation__score"),
    "split": None,
}
FacetsQuery = filters_of(TASKS)


class TaskFacets(BaseModel):
    """Counts of the tasks that a list shows; each facet's own filter does not narrow it."""

    count: int = Field(description="Tasks that all filters leave, as far as they were counted")
    is_complete: bool = Field(description="False: there are more tasks; the newest 5,000 were counted")
    state: list[FacetValue]
    label: list[FacetValue]
    annotator_id: list[FacetValue]
    team_id: list[FacetValue]
    meta: list[FacetValue] = Field(description="`key:value`, of keys with few values")
    attribute: list[FacetValue] = Field(description="`id:value`, of attributes with few values")
    confidence: list[FacetValue]
    split: list[FacetValue]


class TaskFacetsEndpoint(Endpoint):
    """Counts beside the filters of a project's tasks."""

    scopes: ClassVar = {"GET": Scope.LABELS_REVIEW}

    @document(summary="How many tasks each filter would leave", out=TaskFacets, query=FacetsQuery, errors=[NotFound])
    def get(self, request: Request, project_id: int) -> Response:
        """Takes the filters and the search of the list."""
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        return Response(count_facets(Task.objects.filter(project=project), parse_query(FacetsQuery, request)))


def count_facets(tasks: "QuerySet[Task]", query: Any) -> TaskFacets:
    """The counts of all facets."""
    every = _counted(tasks, query)
    facets: dict[str, list[FacetValue]] = {}
    for name in COLUMNS:
        value = getattr(query, name)
        is_set = value is not None and value != "all"
        rows = _counted(tasks, query.model_copy(update={name: _UNSET.get(name)})) if is_set else every
        facets[name] = _values(name, [row[name] for row in rows[:MAX_COUNTED]])
    return TaskFacets(count=min(len(every), MAX_COUNTED), is_complete=len(every) <= MAX_COUNTED, **facets)


_UNSET = {"state": "all"}


def _counted(tasks: "QuerySet[Task]", query: Any) -> list[dict[str, Any]]:
    rows = TASKS.filtered(query, tasks)
    columns = {f"of_{name}": split_of_task() if column is None else column for name, column in COLUMNS.items()}
    picked = rows.order_by("-pk").values(**columns)[: MAX_COUNTED + 1]
    return [{name: row[f"of_{name}"] for name in COLUMNS} for row in picked]


def _values(name: str, cells: Iterable[Any]) -> list[FacetValue]:
    if name == "label":
        counts = Counter(label for cell in cells for label in set(cell or ()))
    elif name == "meta":
        return count_values(cells)
    elif name == "attribute":
        return count_values(_merged(cell or []) for cell in cells)
    elif name == "confidence":
        counts = Counter(_range_of(cell) for cell in cells if cell is not None)
    elif name == "split":
        counts = Counter(cell or "none" for cell in cells)
    else:
        counts = Counter(str(cell) for cell in cells if cell is not None)
    return [FacetValue(value=value, count=count) for value, count in counts.most_common(MAX_VALUES)]


def _merged(attributes: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """All values that one annotation has of each attribute."""
    values: dict[str, list[Any]] = {}
    for attribute in attributes:
        for key, value in attribute.items():
            values.setdefault(key, []).extend(value if isinstance(value, list) else [value])
    return values


def _range_of(score: float) -> str:
    return next((name for name in CONFIDENCES if score * 100 < int(name.split("-")[1])), CONFIDENCES[-1])
