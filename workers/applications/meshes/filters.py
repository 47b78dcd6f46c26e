"""The list of mesh collections."""

from plateau.http.paging import Listing

MESH_COLLECTIONS = Listing(
    ordering={"id": "pk", "name": "name", "created_at": "created_at"}, search=("name",), limit=200
)  # fmt: skip
