"""Lists of projects, project types and teams."""

from typing import Any

from annotation.projects.queries import projects_on
from annotation.projects.schemas import ProjectState
from plateau.http.filters import ListFilters, QueryFilter, StateFilter
from plateau.http.paging import FixedListing, Listing
from plateau.http.query import QueryText, RowId


class ArchiveFilter(StateFilter):
    """By whether a project is archived."""

    def filter(self, qs: Any, value: str) -> Any:
        """By whether there is a time of it."""
        return qs if value == "all" else qs.filter(archived_at__isnull=value == "active")


class DatasetFilter(QueryFilter):
    """By a dataset whose items are labeled."""

    def filter(self, qs: Any, value: int) -> Any:
        """As its own one, or as one that was added."""
        return qs.filter(pk__in=projects_on(value).values("pk"))


class ProjectFilters(ListFilters):
    """Of projects."""

    state = ArchiveFilter(ProjectState, "Active or archived ones, or all", default="active")
    kind = QueryFilter(QueryText, "Of one project type")
    dataset_id = DatasetFilter(RowId, "On one dataset")


PROJECTS = Listing(
    ordering={"id": "pk", "name": "name", "created_at": "created_at", "target": "target"},
    search=("name", "note"),
    filters=ProjectFilters,
)

PROJECT_TYPE_LIST = FixedListing(
    ordering=("key", "title"),
    search=("key", "title"),
    filters={
        "media_type": (QueryText, "Of items of one medium"),
        "annotation_type": (QueryText, "Of annotations of one type"),
        "is_single_class": (bool, "With one class for each item, or all others"),
    },
)


class TeamFilters(ListFilters):
    """Of teams."""

    user_id = QueryFilter(RowId, "Teams of one person", field_name="members")


TEAMS = Listing(
    ordering={"id": "pk", "name": "name"}, default="name", search=("name",), filters=TeamFilters, limit=200
)  # fmt: skip


class SavedViewFilters(ListFilters):
    """Of saved views."""

    list_key = QueryFilter(QueryText, "Of one list, by its key")
    project_id = QueryFilter(RowId, "Of one project's list")
    is_shared = QueryFilter(bool, "Shared ones, or those of the caller alone")


SAVED_VIEWS = Listing(
    ordering={"id": "pk", "name": "name"}, default="name", search=("name",), filters=SavedViewFilters, limit=200
)  # fmt: skip
