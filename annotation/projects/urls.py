"""Addresses below `/api/v1/`."""

from django.urls import path

from annotation.projects import api, teams

urlpatterns = [
    path("project-types/", api.ProjectTypeList.as_view(), name="project-type-list"),
    path("teams/", teams.TeamList.as_view(), name="team-list"),
    path("teams/<int:team_id>/", teams.TeamDetail.as_view(), name="team-detail"),
]
