"""Addresses below `/api/v1/`."""

from django.urls import path

from plateau.notifications import api

urlpatterns = [
    path("notifications/", api.NotificationList.as_view(), name="notification-list"),
    path("notifications/unread-count/", api.NotificationCount.as_view(), name="notification-count"),
    path("notifications/read/", api.NotificationsRead.as_view(), name="notification-read-all"),
    path("notifications/settings/", api.NotificationSettings.as_view(), name="notification-settings"),
    path("notifications/<int:notification_id>/", api.NotificationDetail.as_view(), name="notification-detail"),
]
