"""Addresses below `/api/v1/`."""

from django.urls import path

from workers.sweeps import api

urlpatterns = [
    path("projects/<int:project_id>/sweeps/", api.SweepList.as_view(), name="project-sweeps"),
    path("sweeps/<int:sweep_id>/", api.SweepView.as_view(), name="sweep-detail"),
    path("sweeps/<int:sweep_id>/stop/", api.SweepStop.as_view(), name="sweep-stop"),
]
