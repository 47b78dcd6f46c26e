"""Addresses below `/api/v1/`."""

from django.urls import path

from workers.sweeps import api

urlpatterns = [
    path("projects/<int:project_id>/searches/", api.SearchList.as_view(), name="project-searches"),
    path("searches/<int:search_id>/", api.SearchOne.as_view(), name="search-detail"),
    path("searches/<int:search_id>/stop/", api.SearchStop.as_view(), name="search-stop"),
]
