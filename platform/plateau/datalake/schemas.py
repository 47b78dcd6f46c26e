"""The data lake on the wire."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints

from plateau.jobs.api import JobOut
from plateau.kernel.typed import Strict

Title = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]


class DatasetIn(Strict):
    """A new dataset."""

    name: Title
    note: Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")] = ""


class DatasetOut(BaseModel):
    """A dataset."""

    id: int
    name: str
    note: str
    items: int
    created_at: datetime


class ItemOut(BaseModel):
    """An item; `asset_id` is null where only an address is known."""

    id: int
    name: str
    uri: str
    meta: dict[str, Any]
    asset_id: int | None
    width: int | None
    height: int | None


class FindingOut(BaseModel):
    """A file or row that was set aside."""

    name: str
    code: str
    message: str


class BatchOut(BaseModel):
    """An upload."""

    id: int
    dataset_id: int
    state: str
    files: int
    added: int
    duplicates: int
    rejected: int
    job: JobOut | None
    created_at: datetime


class StagedOut(BaseModel):
    """A file that arrived."""

    name: str
    size: int


class BatchDetail(BatchOut):
    """An upload, the first 200 findings, and the files that arrived (so that a client can go on)."""

    findings: list[FindingOut]
    staged: list[StagedOut]
