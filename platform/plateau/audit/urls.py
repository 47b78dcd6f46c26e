"""Addresses below `/api/v1/`."""

from django.urls import path

from plateau.audit import api

urlpatterns = [
    path("audit/", api.AuditList.as_view(), name="audit-list"),
    path("audit/check/", api.AuditCheck.as_view(), name="audit-check"),
    path("audit/export/", api.AuditExport.as_view(), name="audit-export"),
    path("audit/seen/", api.SeenPeople.as_view(), name="audit-seen"),
    path("audit/seen/pictures/", api.SeenPictures.as_view(), name="audit-seen-pictures"),
]
