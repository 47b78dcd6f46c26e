"""The list of models that help while labeling."""

from plateau.http.paging import Listing

ASSISTANTS = Listing(ordering={"id": "pk", "name": "name", "size": "size"}, search=("name",), limit=100)
