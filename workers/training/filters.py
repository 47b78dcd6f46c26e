"""Lists of recipes and trainings."""

from plateau.http.filters import ListFilters, QueryFilter
from plateau.http.paging import FixedListing, Listing
from plateau.http.query import QueryText, RowId, one_of
from plateau.jobs.models import JobState

RECIPE_LIST = FixedListing(
    ordering=("key", "title"),
    search=("key", "title", "description"),
    filters={
        "project_types": (QueryText, "For one project type"),
        "media_types": (QueryText, "For one media type"),
        "annotation_types": (QueryText, "For one annotation type"),
        "queue": (QueryText, "Run by one queue"),
        "is_neural_network": (bool, "Neural networks, or all others"),
    },
)


class RunFilters(ListFilters):
    """Of trainings."""

    snapshot_id = QueryFilter(RowId, "On one snapshot")
    recipe = QueryFilter(QueryText, "By one recipe")
    state = QueryFilter(one_of(JobState), "Whose job is in one state", field_name="job__state")


RUNS = Listing(ordering={"id": "pk", "recipe": "recipe"}, search=("recipe",), filters=RunFilters)
