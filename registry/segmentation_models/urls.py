"""Addresses below `/api/v1/`."""

from django.urls import path

from registry.segmentation_models import api

urlpatterns = [
    path("segmentation-models/", api.SegmentationModelList.as_view(), name="segmentation-model-list"),
    path(
        "segmentation-models/<int:segmentation_model_id>/",
        api.SegmentationModelEndpoint.as_view(),
        name="segmentation-model-detail",
    ),
]
