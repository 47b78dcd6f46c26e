"""Addresses below `/api/v1/`."""

from django.urls import path

from workers.applications.demand import api

urlpatterns = [
    path("demand/areas/", api.ServiceAreaList.as_view(), name="service-area-list"),
    path("demand/areas/<int:area_id>/", api.ServiceAreaDetail.as_view(), name="service-area-detail"),
    path("demand/areas/<int:area_id>/events/", api.ServiceAreaEvents.as_view(), name="service-area-events"),
    path("demand/areas/<int:area_id>/weather/", api.ServiceAreaWeather.as_view(), name="service-area-weather"),
    path("demand/areas/<int:area_id>/reports/", api.ServiceAreaReports.as_view(), name="service-area-reports"),
    path("demand/areas/<int:area_id>/forecasts/", api.ServiceAreaForecasts.as_view(), name="service-area-forecasts"),
    path("demand/areas/<int:area_id>/cells/<int:cell>/", api.ServiceAreaCell.as_view(), name="service-area-cell"),
]
