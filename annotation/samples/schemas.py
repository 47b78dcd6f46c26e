"""Sample data on the wire."""

from pydantic import BaseModel, Field

from annotation.projects.schemas import AttributeOut, LabelOut, ProjectTypeKey
from annotation.samples.catalog import Sample
from plateau.http.validation import RequestModel


class SampleDataOut(BaseModel):
    """Sample data of a project type: what a project on it begins with."""

    kind: ProjectTypeKey
    name: str = Field(description="Of a project on it")
    dataset_name: str
    item_count: int
    labels: list[LabelOut]
    attributes: list[AttributeOut]
    guideline: str

    @classmethod
    def of(cls, sample: Sample) -> "SampleDataOut":
        """As the API shows it."""
        schema = sample.schema
        return cls(
            kind=sample.kind,
            name=sample.name,
            dataset_name=sample.dataset_name,
            item_count=len(sample.values),
            labels=[LabelOut(**label.model_dump()) for label in schema.labels],
            attributes=[AttributeOut(**attribute.model_dump()) for attribute in schema.attributes],
            guideline=sample.guideline,
        )


class SampleImportIn(RequestModel):
    """Which sample data to take in."""

    kind: ProjectTypeKey


class SampleImportOut(BaseModel):
    """The dataset that it lies in; the job takes its items in."""

    dataset_id: int
    name: str
    job_id: int | None
