"""The list of segmentation models."""

from plateau.http.paging import Listing

SEGMENTATION_MODELS = Listing(
    ordering={"id": "pk", "name": "name", "size_bytes": "size_bytes"}, search=("name",), limit=100
)
