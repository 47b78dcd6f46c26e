"""Errors of mesh collections, each with its code."""

from plateau.http.errors import Conflict, InvalidInput, NotFound


class MeshCollectionNameTaken(Conflict):
    """The organization has a mesh collection of this name."""

    code = "mesh_collection_name_taken"
    title = "Name in use"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a collection “{name}” already.", name=name)


class MeshCollectionBusy(Conflict):
    """A rendering or training of the collection is queued or running."""

    code = "mesh_collection_busy"
    title = "Work in progress"

    def __init__(self) -> None:
        super().__init__("Work on this collection is under way. Wait for it, or cancel it.")


class TooFewMeshes(Conflict):
    """The collection has too few rendered meshes to train and to test a network."""

    code = "too_few_meshes"
    title = "Too few models"

    def __init__(self, *, minimum: int, available: int) -> None:
        super().__init__(
            f"A network needs at least {minimum} models that could be rendered; there are {available}.",
            minimum=minimum,
            available=available,
        )


class MeshNetworkNotTrained(Conflict):
    """The collection has no network yet."""

    code = "mesh_network_not_trained"
    title = "Train a network first"

    def __init__(self) -> None:
        super().__init__("No network was trained on this collection yet.")


class MeshResultNotReady(Conflict):
    """The mesh is not computed yet."""

    code = "mesh_result_not_ready"
    title = "Not ready"

    def __init__(self) -> None:
        super().__init__("The mesh is not done yet.")


class InvalidMeshFile(InvalidInput):
    """An uploaded file is missing, too large, or not of the type that is asked for."""

    code = "invalid_mesh_file"
    title = "Invalid file"

    def __init__(self, message: str) -> None:
        super().__init__(f"file: {message}", [{"field": "file", "message": message}])


class MeshImageMissing(NotFound):
    """The image of a mesh was deleted from the storage."""

    code = "mesh_image_missing"

    def __init__(self) -> None:
        super().__init__("The picture is gone.")


class MeshFormatNotFound(NotFound):
    """Meshes are not written in this format."""

    code = "mesh_format_not_found"

    def __init__(self) -> None:
        super().__init__("A mesh can be had as obj or glb.")
