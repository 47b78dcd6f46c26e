"""What exports and imports refuse."""

from labelkit.messages import Message, as_message, in_field
from plateau.http.errors import Conflict, InvalidInput


class FormatNotSupported(InvalidInput):
    """There is no such format, or it cannot hold the project's kind."""

    code = "format_not_supported"
    title = "Format not supported"

    def __init__(self, supported: list[str]) -> None:
        message = Message("for this project it must be one of: {names}", names=", ".join(supported))
        super().__init__(in_field("format", message), [{"field": "format", "message": message}])


class ImageSizesUnknown(InvalidInput):
    """The format needs the sizes of pictures, and some are given by address alone."""

    code = "image_sizes_unknown"
    title = "Image sizes unknown"

    def __init__(self, title: str, names: list[str], count: int) -> None:
        message = Message(
            "{title} needs image sizes, which are unknown for items given by URL ({count}: {names}). "
            "Import labels that state `width` and `height` (JSON Lines or COCO), or export as JSON "
            "Lines.",
            title=title,
            count=count,
            names=", ".join(names) + (", …" if count > len(names) else ""),
        )
        super().__init__(in_field("format", message), [{"field": "format", "message": message}])


class InvalidLabelFile(InvalidInput):
    """The file is not of its format, or its labels do not fit the project; `errors` names up to 50 places."""

    code = "invalid_label_file"
    title = "Invalid label file"

    def __init__(self, errors: list[dict[str, str]]) -> None:
        first = errors[0]
        message = as_message(first["message"])
        if first["field"] == "file":
            detail = Message("Nothing was imported. {message}", message=message)
        else:
            detail = Message("Nothing was imported. {field}: {message}", field=first["field"], message=message)
        super().__init__(detail, errors)


class SkeletonNotDefined(Conflict):
    """A label of the file has keypoints that neither the file nor the project names."""

    code = "skeleton_not_defined"
    title = "Skeleton not defined"

    def __init__(self, label: str) -> None:
        super().__init__(
            Message(
                ("The label “{label}” has keypoints: create it in the project first, with the names of its keypoints."),
                label=label,
            )
        )
