"""Addresses below `/api/v1/`."""

from django.urls import path

from registry.tracked_runs import api

_RUN = "tracked-runs/<str:tracked_run_id>"

urlpatterns = [
    path("experiments/", api.ExperimentList.as_view(), name="experiment-list"),
    path("tracked-runs/", api.TrackedRunList.as_view(), name="tracked-run-list"),
    path(f"{_RUN}/", api.TrackedRunOne.as_view(), name="tracked-run-detail"),
    path(f"{_RUN}/curves/", api.TrackedRunCurves.as_view(), name="tracked-run-curves"),
    path(f"{_RUN}/note/", api.TrackedRunNote.as_view(), name="tracked-run-note"),
    path(f"{_RUN}/artifacts/", api.TrackedRunArtifacts.as_view(), name="tracked-run-artifacts"),
    path(f"{_RUN}/artifacts/content/", api.TrackedRunArtifact.as_view(), name="tracked-run-artifact-content"),
]
