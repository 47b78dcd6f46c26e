"""Datasets, their items with real files behind them, and uploads."""

from typing import Any

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from factory.django import DjangoModelFactory

from labelkit.tests.pictures import make_png
from plateau.datalake.models import (
    Asset,
    Dataset,
    Erasure,
    IngestBatch,
    IngestFinding,
    Item,
    MultipartFile,
    StagedFile,
    StorageSource,
)
from plateau.datalake.services import save_asset
from plateau.identity.models import Organization
from plateau.identity.tests.factories import OrganizationFactory


def store_file(name: str, content: bytes = b"") -> str:
    """Store a file of its own and return its key."""
    return default_storage.save(name, ContentFile(content))


class DatasetFactory(DjangoModelFactory):
    class Meta:
        model = Dataset

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda number: f"Dataset {number}")


class AssetFactory(DjangoModelFactory):
    """The asset of the file `data`, by default a picture of its own; the file is in the storage."""

    class Meta:
        model = Asset

    organization = factory.SubFactory(OrganizationFactory)
    data = factory.Sequence(make_png)

    @classmethod
    def _create(cls, model_class: type[Asset], *, organization: Organization, data: bytes) -> Asset:
        return save_asset(organization_id=organization.pk, data=data)


class ItemFactory(DjangoModelFactory):
    """A picture; `asset=None, uri=…` is an address, `text` too a text."""

    class Meta:
        model = Item

    dataset = factory.SubFactory(DatasetFactory)
    asset = factory.SubFactory(AssetFactory, organization=factory.SelfAttribute("..dataset.organization"))
    name = factory.Sequence(lambda number: f"{number}.png")


class IngestBatchFactory(DjangoModelFactory):
    class Meta:
        model = IngestBatch

    dataset = factory.SubFactory(DatasetFactory)


class StagedFileFactory(DjangoModelFactory):
    class Meta:
        model = StagedFile

    batch = factory.SubFactory(IngestBatchFactory)
    name = factory.Sequence(lambda number: f"{number}.png")
    size = 1
    storage_key = "staged/none"


class MultipartFileFactory(DjangoModelFactory):
    class Meta:
        model = MultipartFile

    batch = factory.SubFactory(IngestBatchFactory)
    name = factory.Sequence(lambda number: f"{number}.zip")
    size = 1
    part_size = 1
    storage_key = "staged/none"
    upload_id = "none"


class IngestFindingFactory(DjangoModelFactory):
    class Meta:
        model = IngestFinding

    batch = factory.SubFactory(IngestBatchFactory)
    name = factory.Sequence(lambda number: f"{number}.png")
    code = "unreadable"
    message = "It is no picture."


class ErasureFactory(DjangoModelFactory):
    class Meta:
        model = Erasure

    dataset = factory.SubFactory(DatasetFactory)
    organization = factory.SelfAttribute("dataset.organization")
    reason = "The customer asked."
    report: Any = factory.LazyFunction(lambda: {"items": 1, "counts": {}, "named": []})


class StorageSourceFactory(DjangoModelFactory):
    """The folder that an organization gets when it is made."""

    class Meta:
        model = StorageSource

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.SelfAttribute("organization.slug")
    prefix = factory.LazyAttribute(lambda source: f"imports/{source.name}")
