"""Addresses below `/api/v1/`."""

from django.urls import path

from registry.segmentation_models import api

urlpatterns = [
    path("assistants/", api.AssistantList.as_view(), name="assistant-list"),
    path("assistants/<int:assistant_id>/", api.AssistantOne.as_view(), name="assistant-detail"),
]
