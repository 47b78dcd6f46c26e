"""Addresses below `/api/v1/`."""

from django.urls import path

from plateau.jobs import api

urlpatterns = [
    path("jobs/", api.JobList.as_view(), name="job-list"),
    path("jobs/<int:job_id>/", api.JobDetail.as_view(), name="job-detail"),
    path("jobs/stuck/", api.StuckList.as_view(), name="job-stuck"),
    path("jobs/<int:job_id>/cancel/", api.JobCancel.as_view(), name="job-cancel"),
    path("jobs/<int:job_id>/free/", api.JobFree.as_view(), name="job-free"),
    path("jobs/<int:job_id>/priority/", api.JobPriority.as_view(), name="job-priority"),
]
