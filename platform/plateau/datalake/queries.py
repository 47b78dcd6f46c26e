"""Where assets are found by those who read them, what is on its way in, and what counts for quotas."""

from collections.abc import Collection

from django.db.models import Sum
from django.urls import reverse

from plateau.datalake.models import Dataset, IngestBatch
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


def count_items(organization_id: int) -> int:
    """Items of an organization, as its datasets count them."""
    total = Dataset.objects.filter(organization_id=organization_id).aggregate(total=Sum("item_count"))["total"]
    return int(total or 0)


def organization_of_upload(key: str) -> int | None:
    """Whose a file `staging/<batch>/…` is."""
    number = key.split("/")[1]
    batches = IngestBatch.objects.filter(pk=int(number) if number.isdecimal() else 0)
    return batches.values_list("dataset__organization_id", flat=True).first()
