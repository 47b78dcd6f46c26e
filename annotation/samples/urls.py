"""Addresses below `/api/v1/`."""

from django.urls import path

from annotation.samples import api

urlpatterns = [path("samples/", api.SampleList.as_view(), name="sample-list")]
