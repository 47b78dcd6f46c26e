"""Addresses below `/api/v1/`."""

from django.urls import path

from annotation.formats import api

urlpatterns = [
    path("projects/<int:project_id>/formats/", api.ProjectFormats.as_view(), name="project-formats"),
    path("projects/<int:project_id>/export/", api.ProjectExport.as_view(), name="project-export"),
    path("projects/<int:project_id>/labels/import/", api.LabelImport.as_view(), name="project-label-import"),
]
