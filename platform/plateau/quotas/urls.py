"""Addresses below `/api/v1/`."""

from django.urls import path

from plateau.quotas import api

urlpatterns = [path("organization/usage/", api.OrganizationUsage.as_view(), name="organization-usage")]
