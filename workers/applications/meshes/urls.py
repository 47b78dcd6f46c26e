"""Addresses below `/api/v1/`."""

from django.urls import path

from workers.applications.meshes import api

urlpatterns = [
    path("mesh-collections/", api.MeshCollectionList.as_view(), name="mesh-collection-list"),
    path("mesh-collections/<int:collection_id>/", api.MeshCollectionDetail.as_view(), name="mesh-collection-detail"),
    path(
        "mesh-collections/<int:collection_id>/meshes/",
        api.MeshCollectionMeshes.as_view(),
        name="mesh-collection-meshes",
    ),
    path(
        "mesh-collections/<int:collection_id>/trainings/",
        api.MeshCollectionTrainings.as_view(),
        name="mesh-collection-trainings",
    ),
    path(
        "mesh-collections/<int:collection_id>/results/",
        api.MeshCollectionResults.as_view(),
        name="mesh-collection-results",
    ),
    path("mesh-results/<int:result_id>/", api.MeshResultDetail.as_view(), name="mesh-result-detail"),
    path("mesh-results/<int:result_id>/image/", api.MeshResultImage.as_view(), name="mesh-result-image"),
    path(
        "mesh-results/<int:result_id>/files/<str:file_format>/", api.MeshResultFile.as_view(), name="mesh-result-file"
    ),
]
