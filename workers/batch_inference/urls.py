"""Addresses below `/api/v1/`."""

from django.urls import path

from workers.batch_inference import api

urlpatterns = [
    path(
        "model-versions/<int:version_id>/predictions/",
        api.VersionPredictions.as_view(),
        name="model-version-predictions",
    ),
]
