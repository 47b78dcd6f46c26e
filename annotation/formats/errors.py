"""What exports and imports refuse."""

from plateau.http.errors import Conflict, InvalidInput


class FormatNotSupported(InvalidInput):
    """There is no such format, or it cannot hold the project's kind."""

    code = "format_not_supported"
    title = "Format not supported"

    def __init__(self, supported: list[str]) -> None:
        message = f"for this project it must be one of: {', '.join(supported)}"
        super().__init__(f"format: {message}", [{"field": "format", "message": message}])


class ImageSizesUnknown(InvalidInput):
    """The format needs the sizes of pictures, and some are given by address alone."""

    code = "image_sizes_unknown"
    title = "Sizes of pictures are unknown"

    def __init__(self, title: str, names: list[str], count: int) -> None:
        more = f" and {count - len(names)} more" if count > len(names) else ""
        message = (
            f"{title} can be written only where sizes of pictures are known. That is not so for {count} "
            f"{'items' if count > 1 else 'item'} given by address: {', '.join(names)}{more}. Import labels that "
            "state it (JSON lines or COCO with `width` and `height`), or export as JSON lines"
        )
        super().__init__(f"format: {message}.", [{"field": "format", "message": message}])


class InvalidLabelFile(InvalidInput):
    """The file is not of its format, or its labels do not fit the project; `errors` names up to 50 places."""

    code = "invalid_label_file"
    title = "Invalid file of labels"

    def __init__(self, errors: list[dict[str, str]]) -> None:
        first = errors[0]
        place = "" if first["field"] == "file" else f"{first['field']}: "
        super().__init__(f"{place}{first['message']}; nothing was imported.", errors)


class SkeletonNotDefined(Conflict):
    """A label of the file has keypoints that neither the file nor the project names."""

    code = "skeleton_not_defined"
    title = "Keypoints have no names"

    def __init__(self, label: str) -> None:
        super().__init__(f"The label {label!r} has keypoints: make it in the project first, with their names.")
