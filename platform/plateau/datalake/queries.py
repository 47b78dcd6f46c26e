"""Where assets are found by those who read them."""

from django.urls import reverse


def content_url(asset_id: int) -> str:
    """Address of the file that browsers show."""
    return reverse("asset-content", args=[asset_id])


def thumbnail_url(asset_id: int | None) -> str:
    """Address of the thumbnail; empty for an item without a file."""
    return reverse("asset-thumbnail", args=[asset_id]) if asset_id else ""
