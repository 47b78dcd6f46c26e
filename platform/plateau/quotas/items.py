"""Items: counted by dataset (`Dataset.item_count`), and held against the quota where they are created."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from labelkit.messages import Message
from plateau.quotas.errors import ItemQuotaExceeded
from plateau.quotas.limits import limit_of, warn_if_crossed
from plateau.quotas.models import QuotaKind

# Number of items of an organization; the data lake, which has them, adds the one that there is.
item_counters: list[Callable[[int], int]] = []


def count_items(organization_id: int) -> int:
    """Items that the organization has."""
    return sum(counter(organization_id) for counter in item_counters)


@contextmanager
def adding_items(organization_id: int) -> Iterator[None]:
    """A transaction in which items are added: rolled back where there are too many at its end.

    Those who add items to the same organization take turns where it has a quota. Enter before a dataset is locked.

    Raises:
        ItemQuotaExceeded: the organization would have more items than it may.
    """
    with transaction.atomic():
        limit = limit_of(organization_id, QuotaKind.ITEMS)
        if limit is None:
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"items of {organization_id}"])
        before = count_items(organization_id)
        yield
        after = count_items(organization_id)
        if after > max(limit, before):
            raise ItemQuotaExceeded(
                Message(
                    "Your organization has {used:,} of {limit:,} items, and these would be {requested:,} more. Erase "
                    "items that nobody needs, or ask whoever runs this installation for more.",
                    used=before,
                    limit=limit,
                    requested=after - before,
                ),
                used=before,
                limit=limit,
                requested=after - before,
            )
        warn_if_crossed(organization_id, QuotaKind.ITEMS, before=before, after=after, limit=limit)
