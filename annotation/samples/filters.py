"""The list of sample data."""

from plateau.http.paging import FixedListing
from plateau.http.query import QueryText

SAMPLE_LIST = FixedListing(
    ordering=("kind", "name"), search=("kind", "name"), filters={"kind": (QueryText, "Of one project type")}
)  # fmt: skip
