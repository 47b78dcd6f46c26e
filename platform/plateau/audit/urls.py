"""Addresses below `/api/v1/`."""

from django.urls import path

from plateau.audit import api

urlpatterns = [
    path("audit-log/", api.AuditList.as_view(), name="audit-list"),
    path("audit-log/check/", api.AuditCheck.as_view(), name="audit-check"),
    path("audit-log/export/", api.AuditExport.as_view(), name="audit-export"),
    path("audit-log/export/csv/", api.AuditCsvExport.as_view(), name="audit-export-csv"),
    path("audit-log/accesses/by-user/", api.AccessesByUser.as_view(), name="data-access-by-user"),
    path("audit-log/accesses/", api.AccessList.as_view(), name="data-access-list"),
]
