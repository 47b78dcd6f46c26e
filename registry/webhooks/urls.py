"""Addresses below `/api/v1/`."""

from django.urls import path

from registry.webhooks import api

urlpatterns = [
    path("webhooks/", api.WebhookList.as_view(), name="webhook-list"),
    path("webhooks/events/", api.EventList.as_view(), name="webhook-event-list"),
    path("webhooks/<int:webhook_id>/test/", api.WebhookTest.as_view(), name="webhook-test"),
    path("webhook-deliveries/<int:delivery_id>/redeliver/", api.DeliveryRedeliver.as_view(), name="delivery-redeliver"),
    path("webhooks/<int:webhook_id>/", api.WebhookEndpoint.as_view(), name="webhook-detail"),
    path("webhooks/<int:webhook_id>/restore/", api.WebhookRestore.as_view(), name="webhook-restore"),
    path("webhooks/<int:webhook_id>/deliveries/", api.WebhookDeliveries.as_view(), name="webhook-deliveries"),
]
