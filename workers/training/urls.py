"""Addresses below `/api/v1/`."""

from django.urls import path

from workers.training import api

urlpatterns = [
    path("recipes/", api.RecipeList.as_view(), name="recipe-list"),
    path("projects/<int:project_id>/runs/", api.RunList.as_view(), name="project-runs"),
    path("runs/<int:run_id>/", api.RunOne.as_view(), name="run-detail"),
]
