"""Errors of mesh collections, each with its code."""

from labelkit.messages import Message, in_field
from plateau.http.errors import Conflict, InvalidInput, NotFound


class MeshCollectionNameTaken(Conflict):
    """The organization has a mesh collection of this name."""

    code = "mesh_collection_name_taken"
    title = "Name already in use"

    def __init__(self, name: str) -> None:
        super().__init__(Message("A collection named “{name}” already exists.", name=name), name=name)


class MeshCollectionBusy(Conflict):
    """A rendering or training of the collection is queued or running."""

    code = "mesh_collection_busy"
    title = "Collection busy"

    def __init__(self) -> None:
        super().__init__("A job of this collection is running. Wait until it is finished, or cancel it.")


class TooFewMeshes(Conflict):
    """The collection has too few rendered meshes to train and to test a network."""

    code = "too_few_meshes"
    title = "Too few models"

    def __init__(self, *, minimum: int, available: int) -> None:
        super().__init__(
            Message(
                "Training needs at least {minimum} rendered models; available: {available}.",
                minimum=minimum,
                available=available,
            ),
            minimum=minimum,
            available=available,
        )


class MeshNetworkNotTrained(Conflict):
    """The collection has no network yet."""

    code = "mesh_network_not_trained"
    title = "Model not trained"

    def __init__(self) -> None:
        super().__init__("No model has been trained on this collection yet.")


class MeshResultNotReady(Conflict):
    """The mesh is not computed yet."""

    code = "mesh_result_not_ready"
    title = "Not ready"

    def __init__(self) -> None:
        super().__init__("The mesh is not ready yet.")


class InvalidMeshFile(InvalidInput):
    """An uploaded file is missing, too large, or not of the type that is asked for."""

    code = "invalid_mesh_file"
    title = "Invalid file"

    def __init__(self, message: str) -> None:
        super().__init__(in_field("file", message), [{"field": "file", "message": message}])


class MeshImageMissing(NotFound):
    """The image of a mesh was deleted from the storage."""

    code = "mesh_image_missing"

    def __init__(self) -> None:
        super().__init__("The image no longer exists.")


class MeshFormatNotFound(NotFound):
    """Meshes are not written in this format."""

    code = "mesh_format_not_found"

    def __init__(self) -> None:
        super().__init__("Meshes are available as obj or glb.")
