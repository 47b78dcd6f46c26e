"""Addresses below `/api/v1/`."""

from django.urls import path

from registry.deployments import api

urlpatterns = [
    path("versions/<int:version_id>/batches/", api.DeploymentBatches.as_view(), name="version-batches"),
    path("batches/<int:batch_id>/result/", api.BatchResult.as_view(), name="batch-result"),
    path("deployments/", api.DeploymentList.as_view(), name="deployment-list"),
    path("deployments/<str:name>/", api.DeploymentOne.as_view(), name="deployment-detail"),
    path("deployments/<str:name>/predict/", api.DeploymentPredict.as_view(), name="deployment-predict"),
]
