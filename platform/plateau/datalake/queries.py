"""Where assets are found by those who read them, and what is on its way in."""

from collections.abc import Collection

from django.urls import reverse

from plateau.datalake.models import IngestBatch
from plateau.jobs.models import ENDED


def content_url(asset_id: int) -> str:
    """Address of the file that browsers show."""
    return reverse("asset-content", args=[asset_id])


def thumbnail_url(asset_id: int | None) -> str:
    """Address of the thumbnail; empty for an item without a file."""
    return reverse("asset-thumbnail", args=[asset_id]) if asset_id else ""


def is_import_under_way(dataset_ids: Collection[int]) -> bool:
    """Whether files are on their way into any of these datasets."""
    unfinished = IngestBatch.objects.filter(dataset_id__in=dataset_ids, job__isnull=False)
    return unfinished.exclude(job__state__in=ENDED).exists()
