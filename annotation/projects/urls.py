"""Addresses below `/api/v1/`."""

from django.urls import path

from annotation.projects import api, teams

urlpatterns = [
    path("projects/", api.ProjectList.as_view(), name="project-list"),
    path("projects/<int:project_id>/", api.ProjectOne.as_view(), name="project-detail"),
    path("projects/<int:project_id>/archive/", api.ProjectArchive.as_view(), name="project-archive"),
    path("projects/<int:project_id>/restore/", api.ProjectRestore.as_view(), name="project-restore"),
    path("projects/<int:project_id>/labels/", api.ProjectLabels.as_view(), name="project-labels"),
    path("projects/<int:project_id>/labels/preview/", api.ProjectLabelsPreview.as_view(), name="project-label-preview"),
    path("projects/<int:project_id>/rules/", api.ProjectRules.as_view(), name="project-rules"),
    path("teams/", teams.TeamList.as_view(), name="team-list"),
    path("teams/<int:team_id>/", teams.TeamOne.as_view(), name="team-detail"),
]
