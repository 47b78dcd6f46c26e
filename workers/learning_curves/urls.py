"""Addresses below `/api/v1/`."""

from django.urls import path

from workers.learning_curves import api

urlpatterns = [
    path("projects/<int:project_id>/studies/", api.StudyList.as_view(), name="project-studies"),
    path("studies/<int:study_id>/", api.StudyOne.as_view(), name="study-detail"),
    path("studies/<int:study_id>/budget/", api.StudyBudget.as_view(), name="study-budget"),
    path("projects/<int:project_id>/economics/", api.ProjectEconomics.as_view(), name="project-economics"),
    path("projects/<int:project_id>/forecasts/", api.ForecastRecords.as_view(), name="project-forecasts"),
    path("projects/<int:project_id>/live/", api.ProjectLive.as_view(), name="project-live"),
    path("projects/<int:project_id>/ways/", api.WaysList.as_view(), name="project-ways"),
    path("projects/<int:project_id>/replays/", api.ReplayList.as_view(), name="project-replays"),
    path("portfolio/", api.Portfolio.as_view(), name="portfolio"),
    path("forecasts/", api.PastedCurve.as_view(), name="forecast-list"),
]
