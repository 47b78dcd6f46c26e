"""Addresses below `/api/v1/`."""

from django.urls import path

from workers.learning_curves.api import comparisons, cost_model, curves, forecasts, schedule

urlpatterns = [
    path(
        "projects/<int:project_id>/learning-curves/",
        curves.LearningCurveList.as_view(),
        name="project-learning-curves",
    ),
    path(
        "learning-curves/<int:learning_curve_id>/",
        curves.LearningCurveDetail.as_view(),
        name="learning-curve-detail",
    ),
    path(
        "learning-curves/<int:learning_curve_id>/forecast/",
        curves.LearningCurveForecast.as_view(),
        name="learning-curve-forecast",
    ),
    path("projects/<int:project_id>/cost-model/", cost_model.CostModelDetail.as_view(), name="project-cost-model"),
    path(
        "projects/<int:project_id>/forecast-backtests/",
        forecasts.ForecastBacktestList.as_view(),
        name="project-forecast-backtests",
    ),
    path(
        "projects/<int:project_id>/learning-curve-schedule/",
        schedule.ProjectLearningCurveSchedule.as_view(),
        name="project-learning-curve-schedule",
    ),
    path("projects/<int:project_id>/ablations/", comparisons.AblationList.as_view(), name="project-ablations"),
    path(
        "projects/<int:project_id>/active-learning-simulations/",
        comparisons.SimulationList.as_view(),
        name="project-active-learning-simulations",
    ),
    path("forecasts/", forecasts.ForecastList.as_view(), name="forecast-list"),
]
