"""Addresses below `/api/v1/`."""

from django.urls import path

from annotation.projects import api, saved_views, teams

urlpatterns = [
    path("project-types/", api.ProjectTypeList.as_view(), name="project-type-list"),
    path(
        "projects/<int:project_id>/guideline-pictures/",
        api.GuidelinePictureList.as_view(),
        name="guideline-picture-list",
    ),
    path(
        "projects/<int:project_id>/guideline-pictures/<int:picture_id>/",
        api.GuidelinePictureContent.as_view(),
        name="guideline-picture",
    ),
    path("teams/", teams.TeamList.as_view(), name="team-list"),
    path("teams/<int:team_id>/", teams.TeamDetail.as_view(), name="team-detail"),
    path("saved-views/", saved_views.SavedViewList.as_view(), name="saved-view-list"),
    path("saved-views/<int:view_id>/", saved_views.SavedViewDetail.as_view(), name="saved-view-detail"),
    path("saved-views/<int:view_id>/default/", saved_views.SavedViewDefault.as_view(), name="saved-view-default"),
]
