"""Lists of areas and of their slots."""

from plateau.http.paging import FixedListing, Listing

AREAS = Listing(
    ordering={"id": "pk", "name": "name", "created_at": "created_at"}, search=("name",), limit=200
)  # fmt: skip
HISTORY = FixedListing(ordering=("begins",), limit=400)  # a week of slots of half an hour is 336
