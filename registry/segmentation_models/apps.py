"""App config."""

from django.apps import AppConfig


class SegmentationModelsConfig(AppConfig):
    """Label: `segmentation_models`."""

    name = "registry.segmentation_models"
    label = "segmentation_models"
