"""When items are erased: copies and features of their pictures leave the caches of the machines that train."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from plateau.datalake.hooks import Reach
from plateau.datalake.models import Asset, ErasedFile


def forget(cache: Path, hashes: Iterable[str]) -> None:
    """Delete what `cache` has of these files."""
    features = list((cache / "features").glob("*/"))
    for sha256 in hashes:
        (cache / "pictures" / sha256[:2] / sha256).unlink(missing_ok=True)
        for folder in features:
            (folder / sha256[:2] / f"{sha256}.npy").unlink(missing_ok=True)


def catch_up(cache: Path) -> None:
    """Before a machine trains: forget what was erased since it last did."""
    marker = cache / "erased"
    last = int(marker.read_text()) if marker.exists() else 0
    rows = list(ErasedFile.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "sha256"))
    if rows:
        forget(cache, [sha256 for _, sha256 in rows])
        cache.mkdir(parents=True, exist_ok=True)
        marker.write_text(str(rows[-1][0]))


def reach(item_ids: list[int]) -> Reach:
    """Caches are not worth naming."""
    return Reach()


def erase(item_ids: list[int]) -> list[str]:
    """This machine forgets at once, the others before they train again."""
    hashes = list(Asset.objects.filter(item__in=item_ids).values_list("sha256", flat=True))
    transaction.on_commit(partial(forget, Path(settings.PLATEAU_HOME) / "cache", hashes))
    return []
