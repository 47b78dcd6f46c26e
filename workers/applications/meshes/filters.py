"""The list of collections."""

from plateau.http.paging import Listing

COLLECTIONS = Listing(
    ordering={"id": "pk", "name": "name", "created_at": "created_at"}, search=("name",), limit=200
)  # fmt: skip
