"""Addresses below `/api/v1/`."""

from django.urls import path

from workers.applications.meshes import api

urlpatterns = [
    path("shapes/", api.CollectionList.as_view(), name="shape-list"),
    path("shapes/<int:collection_id>/", api.CollectionOne.as_view(), name="shape-detail"),
    path("shapes/<int:collection_id>/models/", api.CollectionModels.as_view(), name="shape-models"),
    path("shapes/<int:collection_id>/train/", api.CollectionTrain.as_view(), name="shape-train"),
    path("shapes/<int:collection_id>/meshes/", api.CollectionMeshes.as_view(), name="shape-meshes"),
    path("meshes/<int:made_id>/", api.MeshOne.as_view(), name="mesh-detail"),
    path("meshes/<int:made_id>/picture/", api.MeshPicture.as_view(), name="mesh-picture"),
    path("meshes/<int:made_id>/file/<str:form>/", api.MeshFile.as_view(), name="mesh-file-detail"),
]
