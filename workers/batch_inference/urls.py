"""Addresses below `/api/v1/`."""

from django.urls import path

from workers.batch_inference import api

urlpatterns = [
    path("versions/<int:version_id>/answers/", api.VersionAnswers.as_view(), name="version-answers"),
]
