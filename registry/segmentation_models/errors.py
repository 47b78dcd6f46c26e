"""Errors of segmentation models."""

from plateau.http.errors import Conflict, InvalidInput, NotFound


class SegmentationModelNameTaken(Conflict):
    """Another segmentation model of the organization has this name."""

    code = "segmentation_model_name_taken"
    title = "Name taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a model named “{name}” already. Choose another name.")


class SegmentationModelInvalid(InvalidInput):
    """The name or the file does not fit; `errors` says which and why."""

    code = "segmentation_model_invalid"
    title = "Not a segmentation model"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}", [{"field": field, "message": message}])


class SegmentationModelFileMissing(NotFound):
    """The storage does not have the model's file."""

    code = "segmentation_model_file_missing"
    title = "File missing"

    def __init__(self) -> None:
        super().__init__("The storage does not have this model's file. Register the model again.")
