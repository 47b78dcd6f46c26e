"""What the machines that train keep of items, and how they forget what was erased."""

from collections.abc import Iterable
from pathlib import Path

from plateau.datalake.models import ErasedFile


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
