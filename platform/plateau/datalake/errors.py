"""What datasets, uploads and erasures refuse."""

from labelkit.messages import Message, in_field
from plateau.http.errors import Conflict, InvalidInput


class DatasetNameTaken(Conflict):
    """The organization has a dataset of this name."""

    code = "dataset_name_taken"
    title = "Name already in use"

    def __init__(self, name: str, *, is_deleted: bool = False) -> None:
        if is_deleted:
            message = Message("A deleted dataset is named “{name}”. Restore it, or choose another name.", name=name)
        else:
            message = Message("A dataset named “{name}” already exists.", name=name)
        super().__init__(message)


class DatasetInUse(Conflict):
    """Projects that are not archived label the dataset."""

    code = "dataset_in_use"
    title = "Dataset in use"

    def __init__(self, users: list[str]) -> None:
        names = ", ".join(f"“{name}”" for name in users[:5]) + (" …" if len(users) > 5 else "")
        message = Message("Projects use this dataset: {names}. Archive them first.", names=names)
        super().__init__(message, users=users)


class DatasetDeleted(Conflict):
    """A deleted dataset takes nothing in and is not used."""

    code = "dataset_deleted"
    title = "Dataset deleted"

    def __init__(self) -> None:
        super().__init__("This dataset is deleted. Restore it first.")


class DatasetNotDeleted(Conflict):
    """There is nothing to restore."""

    code = "dataset_not_deleted"
    title = "Not deleted"

    def __init__(self) -> None:
        super().__init__("This dataset is not deleted.")


class UploadStarted(Conflict):
    """The upload is with a worker, or was: it takes no more files and is not started again."""

    code = "upload_started"
    title = "Upload already started"

    def __init__(self) -> None:
        super().__init__("This upload was already started. Create a new upload for more files.")


class UploadEmpty(InvalidInput):
    """The upload has no files."""

    code = "upload_empty"
    title = "Empty upload"

    def __init__(self) -> None:
        super().__init__("The upload has no files. Add files first.")


class NothingIngested(InvalidInput):
    """No file of the upload became an item."""

    code = "nothing_ingested"
    title = "Nothing imported"


class MultipartUnavailable(Conflict):
    """Browsers do not reach the storage any more, so it takes no parts."""

    code = "multipart_unavailable"
    title = "Multipart upload unavailable"

    def __init__(self) -> None:
        super().__init__("The storage no longer accepts parts of this upload. Send the file again.")


class PartMissing(Conflict):
    """A part did not arrive, or not whole."""

    code = "part_missing"
    title = "Part missing"


class FileSizeMismatch(Conflict):
    """The file has other parts, or another size, than were announced."""

    code = "file_size_mismatch"
    title = "File size mismatch"


class ErasureInProgress(Conflict):
    """Items of the dataset are being erased."""

    code = "erasure_in_progress"
    title = "Erasure in progress"

    def __init__(self) -> None:
        super().__init__("Items of this dataset are being erased. Wait until this is finished.")


class ItemNotInDataset(InvalidInput):
    """An item to erase is of another dataset, or there is none."""

    code = "item_not_in_dataset"
    title = "Not in this dataset"

    def __init__(self, item_id: int) -> None:
        message = Message("{item_id} is not an item of this dataset", item_id=item_id)
        super().__init__(in_field("item_ids", message), [{"field": "item_ids", "message": message}])
