"""Lists of service areas and of their time bins."""

from datetime import date

from plateau.http.paging import FixedListing, Listing

SERVICE_AREAS = Listing(
    ordering={"id": "pk", "name": "name", "created_at": "created_at"}, search=("name",), limit=200
)  # fmt: skip
DAY_FORECASTS = FixedListing(
    ordering=("starts_at",), parameters={"date": (date, "The day, in UTC; today if not given")}
)  # fmt: skip
CELL_HISTORY = FixedListing(ordering=("starts_at",), limit=400)  # a week of bins of half an hour is 336
