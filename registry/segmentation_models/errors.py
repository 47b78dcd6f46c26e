"""Errors of segmentation models."""

from labelkit.messages import Message, in_field
from plateau.http.errors import Conflict, InvalidInput, NotFound


class SegmentationModelNameTaken(Conflict):
    """Another segmentation model of the organization has this name."""

    code = "segmentation_model_name_taken"
    title = "Name already in use"

    def __init__(self, name: str) -> None:
        super().__init__(Message("A model named “{name}” already exists. Choose another name.", name=name))


class SegmentationModelInvalid(InvalidInput):
    """The name or the file does not fit; `errors` says which and why."""

    code = "segmentation_model_invalid"
    title = "Invalid segmentation model"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(in_field(field, message), [{"field": field, "message": message}])


class SegmentationModelFileMissing(NotFound):
    """The storage does not have the model's file."""

    code = "segmentation_model_file_missing"
    title = "File missing"

    def __init__(self) -> None:
        super().__init__("The file of this model is missing from the storage. Register the model again.")
