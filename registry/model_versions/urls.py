"""Addresses below `/api/v1/`."""

from django.urls import path

from registry.model_versions import api, exports

urlpatterns = [
    path("metrics/", api.MetricList.as_view(), name="metric-list"),
    path("models/", api.ModelList.as_view(), name="model-list"),
    path("model-versions/compare/", api.VersionComparison.as_view(), name="model-version-compare"),
    path(
        "models/<int:model_id>/aliases/<str:alias>/rollback/", api.AliasRollback.as_view(), name="model-alias-rollback"
    ),
    path("model-versions/", api.VersionList.as_view(), name="model-version-list"),
    path("model-versions/<int:version_id>/", api.VersionDetailView.as_view(), name="model-version-detail"),
    path("model-versions/<int:version_id>/archive/", api.VersionArchive.as_view(), name="model-version-archive"),
    path("model-versions/<int:version_id>/restore/", api.VersionRestore.as_view(), name="model-version-restore"),
    path("model-versions/<int:version_id>/aliases/", api.VersionAliases.as_view(), name="model-version-aliases"),
    path(
        "model-versions/<int:version_id>/aliases/<str:alias>/",
        api.VersionAlias.as_view(),
        name="model-version-alias-detail",
    ),
    path("model-versions/<int:version_id>/errors/", api.VersionErrors.as_view(), name="model-version-errors"),
    path("model-versions/<int:version_id>/evaluate/", api.VersionEvaluate.as_view(), name="model-version-evaluate"),
    path("model-versions/<int:version_id>/lineage/", api.VersionLineage.as_view(), name="model-version-lineage"),
    path("model-versions/<int:version_id>/labels/", api.VersionLabels.as_view(), name="model-version-labels"),
    path("model-versions/<int:version_id>/exports/", exports.ExportList.as_view(), name="model-version-exports"),
    path(
        "model-versions/<int:version_id>/exports/<str:variant>/",
        exports.ExportManifest.as_view(),
        name="model-version-export-detail",
    ),
    path(
        "model-versions/<int:version_id>/exports/<str:variant>/model.onnx",
        exports.ExportFile.as_view(),
        name="model-version-export-model-onnx",
    ),
    path(
        "model-versions/<int:version_id>/exports/<str:variant>/folder.zip",
        exports.ExportFolder.as_view(),
        name="model-version-export-folder-zip",
    ),
    path("items/<int:item_id>/models/", api.ItemModels.as_view(), name="item-models"),
    path("annotations/<int:annotation_id>/models/", api.AnnotationModels.as_view(), name="annotation-models"),
    path("projects/<int:project_id>/model-policy/", api.ProjectModelPolicy.as_view(), name="project-model-policy"),
]
