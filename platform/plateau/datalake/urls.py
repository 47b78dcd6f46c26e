"""Addresses below `/api/v1/`."""

from django.urls import path

from plateau.datalake import api, facets

urlpatterns = [
    path("datasets/", api.DatasetList.as_view(), name="dataset-list"),
    path("datasets/<int:dataset_id>/", api.DatasetDetail.as_view(), name="dataset-detail"),
    path("datasets/<int:dataset_id>/restore/", api.DatasetRestore.as_view(), name="dataset-restore"),
    path("datasets/<int:dataset_id>/erasures/", api.DatasetErasures.as_view(), name="dataset-erasures"),
    path("datasets/<int:dataset_id>/erasures/preview/", api.ErasurePreview.as_view(), name="dataset-erasure-preview"),
    path("erasures/", api.ErasureList.as_view(), name="erasure-list"),
    path("datasets/<int:dataset_id>/items/", api.ItemList.as_view(), name="dataset-items"),
    path("datasets/<int:dataset_id>/items/facets/", facets.ItemFacetsEndpoint.as_view(), name="dataset-item-facets"),
    path("datasets/<int:dataset_id>/uploads/", api.BatchList.as_view(), name="dataset-uploads"),
    path("uploads/<int:batch_id>/", api.UploadDetail.as_view(), name="upload-detail"),
    path("uploads/<int:batch_id>/files/", api.BatchFiles.as_view(), name="upload-files"),
    path("uploads/<int:batch_id>/multipart-files/", api.UploadMultipartFiles.as_view(), name="upload-multipart-files"),
    path("multipart-files/<int:multipart_file_id>/presign/", api.PresignParts.as_view(), name="multipart-file-presign"),
    path(
        "multipart-files/<int:multipart_file_id>/complete/",
        api.CompleteMultipartFile.as_view(),
        name="multipart-file-complete",
    ),
    path("uploads/<int:batch_id>/start/", api.BatchStart.as_view(), name="upload-start"),
    path("assets/<int:asset_id>/content/", api.AssetContent.as_view(), name="asset-content"),
    path("assets/<int:asset_id>/tiles/overview/", api.AssetOverview.as_view(), name="asset-tile-overview"),
    path(
        "assets/<int:asset_id>/tiles/<int:level>/<int:column>/<int:row>/",
        api.AssetTile.as_view(),
        name="asset-tile-detail",
    ),
    path("assets/<int:asset_id>/thumbnail/", api.AssetThumbnail.as_view(), name="asset-thumbnail"),
]
