"""The data lake on the wire."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from plateau.http.etags import Editable
from plateau.http.validation import RequestModel
from plateau.jobs.api import JobOut

Title = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]


class DatasetIn(RequestModel):
    """A new dataset."""

    name: Title
    note: Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")] = ""


class DatasetOut(Editable):
    """A dataset."""

    edited: ClassVar[tuple[str, ...]] = ("name", "note", "retention_days")

    id: int
    name: str
    note: str
    retention_days: int | None
    items: int
    created_at: datetime
    deleted_at: datetime | None
    erased_at: datetime | None = Field(description="When the items of a deleted dataset are erased for good")


class DatasetChange(RequestModel):
    """What is to change; items are erased `retention_days` after they came in, null keeps them for good."""

    name: Title | None = None
    note: Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")] | None = None
    retention_days: Annotated[int, Field(ge=1, le=36_500)] | None = None


class ErasureChoice(RequestModel):
    """Items to erase; the same pictures in other datasets go with them."""

    item_ids: Annotated[list[Annotated[int, Field(ge=1, le=2**53)]], Field(min_length=1, max_length=1000)]


class ErasureIn(ErasureChoice):
    """Items to erase, and why: the audit log keeps the reason."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]


class ErasureQuestion(RequestModel):
    """Either items, or a time: what came in longer ago than `retention_days`."""

    item_ids: list[Annotated[int, Field(ge=1, le=2**53)]] = Field(default=[], max_length=1000)
    retention_days: Annotated[int, Field(ge=1, le=36_500)] | None = None

    @model_validator(mode="after")
    def _check_one_is_given(self) -> Self:
        if bool(self.item_ids) == (self.retention_days is not None):
            raise ValueError("give either item_ids or retention_days")
        return self


class AffectedResourceOut(BaseModel):
    """Something with a name that has, or had, such items: `kind` is `snapshot`, `model` or `predictions`."""

    kind: str
    id: int
    project_id: int
    title: str
    items: int


class ImpactOut(BaseModel):
    """What an erasure touches; of a time (`retention_days`) the items alone are told, and not beyond 100,000."""

    items: int
    counts: dict[str, int]
    resources: list[AffectedResourceOut]


class ErasureOut(BaseModel):
    """An erasure; `before` is set where the dataset's time was up."""

    id: int
    dataset_id: int
    dataset: str
    reason: str
    before: datetime | None
    created_by: str
    created_at: datetime
    job: JobOut | None
    report: ImpactOut


class ItemOut(BaseModel):
    """An item; `asset_id` is null where only an address is known, `media_type` where its file was not read.

    `facts` are those of its media type, `excerpt` the first 1,000 characters of a text.
    """

    id: int
    name: str
    uri: str
    excerpt: str
    meta: dict[str, Any]
    asset_id: int | None
    media_type: str | None
    facts: dict[str, Any]
    width: int | None
    height: int | None
    created_at: datetime


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
    created_by: str
    created_at: datetime


class StagedOut(BaseModel):
    """A file that arrived."""

    name: str
    size: int


class BatchDetail(BatchOut):
    """An upload, the first 200 findings, and the files that arrived (so that a client can go on)."""

    findings: list[FindingOut]
    staged: list[StagedOut]


class MultipartFileIn(RequestModel):
    """A file that is to arrive in parts."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    size: Annotated[int, Field(ge=1, le=2**50)]


class MultipartFileOut(BaseModel):
    """A file in parts; `id` is null where the storage takes none: send the file with the others then."""

    id: int | None
    part_size: int
    parts: int
    missing: list[int]


class PartNumbers(RequestModel):
    """Parts that are to be sent now."""

    numbers: Annotated[list[Annotated[int, Field(ge=1, le=10_000)]], Field(min_length=1, max_length=50)]


class PresignedPart(BaseModel):
    """Where to PUT a part, for five minutes."""

    number: int
    size: int
    url: str


class PresignedParts(BaseModel):
    """Addresses of parts."""

    parts: list[PresignedPart]
