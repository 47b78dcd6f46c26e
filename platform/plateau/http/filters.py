"""Filters of lists: django-filter's FilterSets, whose values are typed and stand in the API's document."""

from typing import Any, Literal, TypeVar

import django_filters
from django.db import models

M = TypeVar("M", bound=models.Model)


class QueryFilter(django_filters.Filter):
    """A filter whose value is what `kind` (a pydantic type) takes; text is checked before any query is made.

    Args:
        kind: Type of the value, with its bounds.
        meaning: What the rows that are left have in common.
        default: The value where the parameter is left out; None: the filter is not applied.
        rest: As of `django_filters.Filter`: `field_name`, `lookup_expr`, `method`, `exclude`, `distinct`.
    """

    def __init__(self, kind: Any, meaning: str, *, default: Any = None, **rest: Any) -> None:
        super().__init__(**rest)
        self.kind, self.meaning, self.default = kind, meaning, default


class PresenceFilter(QueryFilter):
    """A filter by whether a column (`field_name`) holds anything, such as the time at which a row was archived."""

    def __init__(self, meaning: str, **rest: Any) -> None:
        super().__init__(bool, meaning, **rest)

    def filter(self, qs: "models.QuerySet[M]", value: bool) -> "models.QuerySet[M]":
        """Rows that have it, or rows that have not."""
        return qs.filter(**{f"{self.field_name}__isnull": not value})


class StateFilter(QueryFilter):
    """A filter by state, in which `all` stands for every one."""

    def filter(self, qs: "models.QuerySet[M]", value: str) -> "models.QuerySet[M]":
        """Rows in the state."""
        return qs if value == "all" else super().filter(qs, value)


class DeletedFilter(QueryFilter):
    """A filter by whether a row is deleted: those that are not, where the parameter is left out."""

    def __init__(self, meaning: str, **rest: Any) -> None:
        super().__init__(Literal["active", "deleted", "all"], meaning, default="active", **rest)

    def filter(self, qs: "models.QuerySet[M]", value: str) -> "models.QuerySet[M]":
        """By whether there is a time of it."""
        return qs if value == "all" else qs.filter(deleted_at__isnull=value == "active")


class ContainsFilter(QueryFilter):
    """A filter by one member of a column that is a list."""

    def filter(self, qs: "models.QuerySet[M]", value: str) -> "models.QuerySet[M]":
        """Rows whose list has it."""
        return qs.filter(**{f"{self.field_name}__contains": [value]})


class ListFilters(django_filters.FilterSet):
    """Base of the filters of a list: `QueryFilter`s, each under the name of its parameter."""
