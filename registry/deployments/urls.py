"""Addresses below `/api/v1/`."""

from django.urls import path

from registry.deployments import api

urlpatterns = [
    path(
        "model-versions/<int:version_id>/batch-predictions/",
        api.BatchPredictionList.as_view(),
        name="model-version-batch-predictions",
    ),
    path(
        "batch-predictions/<int:batch_prediction_id>/result/",
        api.BatchPredictionResult.as_view(),
        name="batch-prediction-result",
    ),
    path("deployments/", api.DeploymentList.as_view(), name="deployment-list"),
    path("deployments/<str:name>/", api.DeploymentEndpoint.as_view(), name="deployment-detail"),
    path("deployments/<str:name>/restore/", api.DeploymentRestore.as_view(), name="deployment-restore"),
    path("deployments/<str:name>/predict/", api.DeploymentPredict.as_view(), name="deployment-predict"),
]
