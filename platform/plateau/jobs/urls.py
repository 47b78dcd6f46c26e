"""Addresses below `/api/v1/`."""

from django.urls import path

from plateau.jobs import api

urlpatterns = [
    path("jobs/", api.JobList.as_view(), name="job-list"),
    path("jobs/<int:job_id>/", api.JobDetail.as_view(), name="job-detail"),
    path("jobs/<int:job_id>/output/", api.JobOutputDetail.as_view(), name="job-output"),
    path("jobs/<int:job_id>/cancel/", api.JobCancel.as_view(), name="job-cancel"),
    path("jobs/<int:job_id>/requeue/", api.JobRequeue.as_view(), name="job-requeue"),
    path("jobs/<int:job_id>/restart/", api.JobRestart.as_view(), name="job-restart"),
    path("jobs/<int:job_id>/priority/", api.JobPriority.as_view(), name="job-priority"),
]
