"""Lists of webhooks and of their deliveries."""

from plateau.http.filters import DeletedFilter, ListFilters, QueryFilter
from plateau.http.paging import FixedListing, Listing
from plateau.http.query import QueryText, one_of
from registry.webhooks.models import DeliveryState


class WebhookFilters(ListFilters):
    """Of webhooks."""

    state = DeletedFilter("Active or deleted ones, or all")


WEBHOOKS = Listing(
    ordering={"id": "pk", "url": "url"}, default="id", search=("url",), filters=WebhookFilters, limit=200
)


EVENTS = FixedListing(
    ordering=("event",),
    search=("event",),
    filters={"notifies_people": (bool, "Those that people are told too, or all others")},
    limit=200,
)


class DeliveryFilters(ListFilters):
    """Of deliveries."""

    state = QueryFilter(one_of(DeliveryState), "In one state")
    event = QueryFilter(QueryText, "Of one event")


DELIVERIES = Listing(
    ordering={"id": "pk", "attempts": "attempts"},
    search=("event", "response"),
    filters=DeliveryFilters,
    wide=("payload",),
)
