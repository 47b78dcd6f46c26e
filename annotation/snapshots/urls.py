"""Addresses below `/api/v1/`."""

from django.urls import path

from annotation.snapshots import api

urlpatterns = [
    path("projects/<int:project_id>/snapshots/", api.SnapshotList.as_view(), name="project-snapshots"),
    path("snapshots/<int:snapshot_id>/", api.SnapshotDetail.as_view(), name="snapshot-detail"),
    path("snapshots/<int:snapshot_id>/manifest/", api.SnapshotManifest.as_view(), name="snapshot-manifest"),
]
