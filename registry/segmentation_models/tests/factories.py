"""Interactive segmentation models as rows, with empty files."""

import factory
from factory.django import DjangoModelFactory

from plateau.datalake.tests.factories import store_file
from plateau.identity.tests.factories import OrganizationFactory
from registry.segmentation_models.models import SegmentationModel


class SegmentationModelFactory(DjangoModelFactory):
    class Meta:
        model = SegmentationModel

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda number: f"Clicks {number}")
    storage_key = factory.LazyFunction(lambda: store_file("segmentation-models/model.onnx"))
    size_bytes = 1
