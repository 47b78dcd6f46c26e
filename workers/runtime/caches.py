"""Local caches of items on the machines that train, and the deletion of erased items from them."""

from collections.abc import Iterable
from pathlib import Path

from plateau.datalake.models import ErasedFile


def delete_cached_files(cache: Path, hashes: Iterable[str]) -> None:
    """Delete copies and features of files with these SHA-256 hashes from `cache`."""
    features = list((cache / "features").glob("*/"))
    for sha256 in hashes:
        (cache / "pictures" / sha256[:2] / sha256).unlink(missing_ok=True)
        for folder in features:
            (folder / sha256[:2] / f"{sha256}.npy").unlink(missing_ok=True)


def apply_erasures(cache: Path) -> None:
    """Delete what was erased since this machine last trained."""
    marker = cache / "erased"
    last = int(marker.read_text()) if marker.exists() else 0
    rows = list(ErasedFile.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "sha256"))
    if rows:
        delete_cached_files(cache, [sha256 for _, sha256 in rows])
        cache.mkdir(parents=True, exist_ok=True)
        marker.write_text(str(rows[-1][0]))
