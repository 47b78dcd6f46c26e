"""Addresses below `/api/v1/`."""

from django.urls import path

from registry.model_versions import api, exports

urlpatterns = [
    path("metrics/", api.MetricList.as_view(), name="metric-list"),
    path("models/", api.ModelList.as_view(), name="model-list"),
    path("models/compare/", api.VersionComparison.as_view(), name="model-compare"),
    path("models/rollback/", api.AliasRollback.as_view(), name="model-rollback"),
    path("versions/", api.VersionList.as_view(), name="version-list"),
    path("versions/<int:version_id>/", api.VersionOne.as_view(), name="version-detail"),
    path("versions/<int:version_id>/archive/", api.VersionArchive.as_view(), name="version-archive"),
    path("versions/<int:version_id>/restore/", api.VersionRestore.as_view(), name="version-restore"),
    path("versions/<int:version_id>/aliases/", api.VersionAliases.as_view(), name="version-aliases"),
    path("versions/<int:version_id>/aliases/<str:alias>/", api.VersionAlias.as_view(), name="version-alias-detail"),
    path("versions/<int:version_id>/mistakes/", api.VersionMistakes.as_view(), name="version-mistakes"),
    path("versions/<int:version_id>/evaluate/", api.VersionEvaluate.as_view(), name="version-evaluate"),
    path("versions/<int:version_id>/lineage/", api.VersionLineage.as_view(), name="version-lineage"),
    path("versions/<int:version_id>/labels/", api.VersionLabels.as_view(), name="version-labels"),
    path("versions/<int:version_id>/exports/", exports.ExportList.as_view(), name="version-exports"),
    path(
        "versions/<int:version_id>/exports/<str:variant>/", exports.ExportCard.as_view(), name="version-export-detail"
    ),
    path(
        "versions/<int:version_id>/exports/<str:variant>/model.onnx",
        exports.ExportFile.as_view(),
        name="version-export-model-onnx",
    ),
    path(
        "versions/<int:version_id>/exports/<str:variant>/folder.zip",
        exports.ExportFolder.as_view(),
        name="version-export-folder-zip",
    ),
    path("items/<int:item_id>/models/", api.ItemModels.as_view(), name="item-models"),
    path("annotations/<int:annotation_id>/models/", api.AnnotationModels.as_view(), name="annotation-models"),
    path("projects/<int:project_id>/model-policy/", api.Policy.as_view(), name="project-model-policy"),
]
