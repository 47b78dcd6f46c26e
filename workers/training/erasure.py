"""When items are erased: copies and features of their pictures leave the caches of the machines that train."""

from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from plateau.datalake.hooks import Impact
from plateau.datalake.models import Asset
from workers.runtime.caches import delete_cached_files


def impact_of(item_ids: list[int]) -> Impact:
    """Caches are not worth naming."""
    return Impact()


def erase(item_ids: list[int]) -> list[str]:
    """This machine forgets at once, the others before they train again."""
    hashes = list(Asset.objects.filter(item__in=item_ids).values_list("sha256", flat=True))
    transaction.on_commit(partial(delete_cached_files, Path(settings.PLATEAU_HOME) / "cache", hashes))
    return []
