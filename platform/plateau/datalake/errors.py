"""What datasets, uploads and erasures refuse."""

from plateau.http.errors import Conflict, InvalidInput


class DatasetNameTaken(Conflict):
    """The organization has a dataset of this name."""

    code = "dataset_name_taken"
    title = "Name taken"

    def __init__(self, name: str, *, is_deleted: bool = False) -> None:
        where = " It is deleted: restore it, or choose another name." if is_deleted else ""
        super().__init__(f"There is a dataset named “{name}” already.{where}")


class DatasetInUse(Conflict):
    """Projects that are not archived label the dataset."""

    code = "dataset_in_use"
    title = "The dataset is in use"

    def __init__(self, users: list[str]) -> None:
        names = ", ".join(f"“{name}”" for name in users[:5]) + (" …" if len(users) > 5 else "")
        super().__init__(f"Projects use this dataset: {names}. Archive them first.", users=users)


class DatasetDeleted(Conflict):
    """A deleted dataset takes nothing in and is not used."""

    code = "dataset_deleted"
    title = "The dataset is deleted"

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
    title = "The upload was started"

    def __init__(self) -> None:
        super().__init__("This upload was started already; open a new one for more files.")


class UploadEmpty(InvalidInput):
    """The upload has no files."""

    code = "upload_empty"
    title = "The upload is empty"

    def __init__(self) -> None:
        super().__init__("The upload has no files. Add some first.")


class NothingIngested(InvalidInput):
    """No file of the upload became an item."""

    code = "nothing_ingested"
    title = "Nothing was taken in"


class MultipartUnavailable(Conflict):
    """Browsers do not reach the storage any more, so it takes no parts."""

    code = "multipart_unavailable"
    title = "No parts"

    def __init__(self) -> None:
        super().__init__("The storage takes no parts any more. Send the file anew.")


class PartMissing(Conflict):
    """A part did not arrive, or not whole."""

    code = "part_missing"
    title = "A part is missing"


class FileSizeMismatch(Conflict):
    """The file has other parts, or another size, than were announced."""

    code = "file_size_mismatch"
    title = "Another size than announced"


class ErasureInProgress(Conflict):
    """Items of the dataset are being erased."""

    code = "erasure_in_progress"
    title = "An erasure is under way"

    def __init__(self) -> None:
        super().__init__("Items of this dataset are being erased. Wait until that is done.")


class ItemNotInDataset(InvalidInput):
    """An item to erase is of another dataset, or there is none."""

    code = "item_not_in_dataset"
    title = "Not in this dataset"

    def __init__(self, item_id: int) -> None:
        message = f"{item_id} is not an item of this dataset"
        super().__init__(f"item_ids: {message}", [{"field": "item_ids", "message": message}])
