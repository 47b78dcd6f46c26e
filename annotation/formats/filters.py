"""The list of formats."""

from plateau.http.paging import FixedListing
from plateau.http.query import QueryText

FORMATS = FixedListing(
    ordering=("key", "title"), search=("key", "title"), filters={"suffix": (QueryText, "Of files that end so")}
)  # fmt: skip
