"""Addresses below `/api/v1/`."""

from django.urls import path

from workers.applications.demand import api

urlpatterns = [
    path("areas/", api.AreaList.as_view(), name="area-list"),
    path("areas/<int:area_id>/", api.AreaOne.as_view(), name="area-detail"),
    path("areas/<int:area_id>/events/", api.AreaEvents.as_view(), name="area-events"),
    path("areas/<int:area_id>/weather/", api.AreaWeather.as_view(), name="area-weather"),
    path("areas/<int:area_id>/report/", api.AreaReport.as_view(), name="area-report"),
    path("areas/<int:area_id>/day/", api.AreaDay.as_view(), name="area-day"),
    path("areas/<int:area_id>/cells/<int:cell>/", api.AreaCell.as_view(), name="area-cell-detail"),
]
