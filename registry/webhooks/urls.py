"""Addresses below `/api/v1/`."""

from django.urls import path

from registry.webhooks import api

urlpatterns = [
    path("webhooks/", api.WebhookList.as_view(), name="webhook-list"),
    path("webhooks/<int:webhook_id>/", api.WebhookEndpoint.as_view(), name="webhook-detail"),
    path("webhooks/<int:webhook_id>/deliveries/", api.WebhookDeliveries.as_view(), name="webhook-deliveries"),
]
