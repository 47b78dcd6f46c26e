"""Every address: the API, and the front end for everything else."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from annotation.formats import api as formats
from annotation.labeling import api as labeling
from annotation.labeling import browse
from annotation.projects import api as projects
from annotation.projects import teams
from annotation.quality import api as quality
from annotation.snapshots import api as snapshots
from plateau import pages
from plateau.audit import api as audit
from plateau.datalake import api as datalake
from plateau.identity import api as identity
from plateau.identity import steps_api
from plateau.jobs import api as jobs
from plateau.kernel.rendering import OpenApiRenderer
from registry.acceptance import api as acceptance
from registry.assistants import api as assistants
from registry.deployments import api as deployments
from registry.versions import api as versions
from registry.versions import exports
from registry.webhooks import api as webhooks
from workers.budget import api as budget
from workers.demand import api as demand
from workers.search import api as search
from workers.serving import api as evaluations
from workers.shapes import api as shapes
from workers.training import api as training

V1 = "api/v1/"
handler500 = "plateau.pages.failed"
urlpatterns = [
    # The hot path first: addresses are tried in this order.
    path(f"{V1}tasks/<int:task_id>/annotations/", labeling.TaskAnnotations.as_view()),
    path(f"{V1}schema/", SpectacularJSONAPIView.as_view(permission_classes=[], renderer_classes=[OpenApiRenderer])),
    path(f"{V1}session/", identity.SessionView.as_view()),
    path(f"{V1}session/password/", identity.EntryView.as_view()),
    path(f"{V1}session/sso/", identity.SignOnView.as_view()),
    path(f"{V1}sessions/", identity.SessionList.as_view()),
    path(f"{V1}sessions/<str:session_id>/", identity.SessionOne.as_view()),
    path(f"{V1}me/", identity.Me.as_view()),
    path(f"{V1}members/", identity.MemberList.as_view()),
    path(f"{V1}members/<int:member_id>/", identity.MemberDetail.as_view()),
    path(f"{V1}members/<int:member_id>/link/", identity.MemberLink.as_view()),
    path(f"{V1}members/<int:member_id>/factors/", identity.MemberFactors.as_view()),
    path(f"{V1}organization/security/", identity.OrganizationSecurity.as_view()),
    path(f"{V1}organization/sign-on/", identity.OrganizationSignOn.as_view()),
    path(f"{V1}tokens/", identity.TokenList.as_view()),
    path(f"{V1}tokens/<int:token_id>/", identity.TokenDetail.as_view()),
    path(f"{V1}audit/", audit.AuditList.as_view()),
    path(f"{V1}audit/check/", audit.AuditCheck.as_view()),
    path(f"{V1}audit/export/", audit.AuditExport.as_view()),
    path(f"{V1}audit/seen/", audit.SeenPeople.as_view()),
    path(f"{V1}audit/seen/pictures/", audit.SeenPictures.as_view()),
    path(f"{V1}jobs/", jobs.JobList.as_view()),
    path(f"{V1}jobs/<int:job_id>/", jobs.JobDetail.as_view()),
    path(f"{V1}jobs/<int:job_id>/cancel/", jobs.JobCancel.as_view()),
    path(f"{V1}datasets/", datalake.DatasetList.as_view()),
    path(f"{V1}datasets/<int:dataset_id>/items/", datalake.ItemList.as_view()),
    path(f"{V1}datasets/<int:dataset_id>/uploads/", datalake.BatchList.as_view()),
    path(f"{V1}uploads/<int:batch_id>/", datalake.BatchOne.as_view()),
    path(f"{V1}uploads/<int:batch_id>/files/", datalake.BatchFiles.as_view()),
    path(f"{V1}uploads/<int:batch_id>/start/", datalake.BatchStart.as_view()),
    path(f"{V1}assets/<int:asset_id>/content/", datalake.AssetContent.as_view()),
    path(f"{V1}assets/<int:asset_id>/tiles/overview/", datalake.AssetOverview.as_view()),
    path(f"{V1}assets/<int:asset_id>/tiles/<int:level>/<int:column>/<int:row>/", datalake.AssetTile.as_view()),
    path(f"{V1}assets/<int:asset_id>/thumbnail/", datalake.AssetThumbnail.as_view()),
    path(f"{V1}items/<int:item_id>/content/", labeling.ItemContent.as_view()),
    path(f"{V1}projects/", projects.ProjectList.as_view()),
    path(f"{V1}projects/<int:project_id>/", projects.ProjectOne.as_view()),
    path(f"{V1}projects/<int:project_id>/labels/", projects.ProjectLabels.as_view()),
    path(f"{V1}projects/<int:project_id>/labels/preview/", projects.ProjectLabelsPreview.as_view()),
    path(f"{V1}projects/<int:project_id>/rules/", projects.ProjectRules.as_view()),
    path(f"{V1}projects/<int:project_id>/tasks/import/", labeling.TaskImport.as_view()),
    path(f"{V1}projects/<int:project_id>/queue/next/", labeling.QueueNext.as_view()),
    path(f"{V1}projects/<int:project_id>/queue/release/", labeling.QueueRelease.as_view()),
    path(f"{V1}projects/<int:project_id>/queue/reopen/", labeling.QueueReopen.as_view()),
    path(f"{V1}projects/<int:project_id>/queue/order/", labeling.QueueOrder.as_view()),
    path(f"{V1}projects/<int:project_id>/queue/mine/", labeling.QueueMine.as_view()),
    path(f"{V1}queue/renew/", labeling.QueueRenew.as_view()),
    path(f"{V1}projects/<int:project_id>/tasks/", browse.TaskBrowse.as_view()),
    path(f"{V1}projects/<int:project_id>/tasks/bulk/", browse.TaskBulk.as_view()),
    path(f"{V1}tasks/<int:task_id>/comments/", browse.TaskComments.as_view()),
    path(f"{V1}comments/<int:comment_id>/", browse.CommentOne.as_view()),
    path(f"{V1}projects/<int:project_id>/review/next/", quality.ReviewNext.as_view()),
    path(f"{V1}tasks/<int:task_id>/review/", quality.TaskReview.as_view()),
    path(f"{V1}tasks/<int:task_id>/history/", quality.TaskHistory.as_view()),
    path(f"{V1}tasks/<int:task_id>/gold/", quality.TaskGold.as_view()),
    path(f"{V1}projects/<int:project_id>/gold/", quality.GoldItems.as_view()),
    path(f"{V1}projects/<int:project_id>/seats/", quality.ProjectSeats.as_view()),
    path(f"{V1}projects/<int:project_id>/seats/<int:member_id>/", quality.ProjectSeat.as_view()),
    path(f"{V1}projects/<int:project_id>/overview/", quality.Overview.as_view()),
    path(f"{V1}projects/<int:project_id>/proposals/", quality.Proposals.as_view()),
    path(f"{V1}projects/<int:project_id>/agreement/", quality.Agreement.as_view()),
    path(f"{V1}projects/<int:project_id>/consensus/", quality.Consensus.as_view()),
    path(f"{V1}projects/<int:project_id>/doubts/", quality.Doubts.as_view()),
    path(f"{V1}teams/", teams.TeamList.as_view()),
    path(f"{V1}teams/<int:team_id>/", teams.TeamOne.as_view()),
    path(f"{V1}tasks/<int:task_id>/", labeling.TaskDetail.as_view()),
    path(f"{V1}tasks/<int:task_id>/skip/", labeling.TaskSkip.as_view()),
    path(f"{V1}tasks/<int:task_id>/draft/", labeling.TaskDraft.as_view()),
    path(f"{V1}projects/<int:project_id>/formats/", formats.ProjectFormats.as_view()),
    path(f"{V1}projects/<int:project_id>/export/", formats.ProjectExport.as_view()),
    path(f"{V1}projects/<int:project_id>/labels/import/", formats.LabelImport.as_view()),
    path(f"{V1}projects/<int:project_id>/snapshots/", snapshots.SnapshotList.as_view()),
    path(f"{V1}snapshots/<int:snapshot_id>/", snapshots.SnapshotOne.as_view()),
    path(f"{V1}snapshots/<int:snapshot_id>/manifest/", snapshots.SnapshotManifest.as_view()),
    path(f"{V1}recipes/", training.RecipeList.as_view()),
    path(f"{V1}projects/<int:project_id>/runs/", training.RunList.as_view()),
    path(f"{V1}runs/<int:run_id>/", training.RunOne.as_view()),
    path(f"{V1}shapes/", shapes.CollectionList.as_view()),
    path(f"{V1}shapes/<int:collection_id>/", shapes.CollectionOne.as_view()),
    path(f"{V1}shapes/<int:collection_id>/models/", shapes.CollectionModels.as_view()),
    path(f"{V1}shapes/<int:collection_id>/train/", shapes.CollectionTrain.as_view()),
    path(f"{V1}shapes/<int:collection_id>/meshes/", shapes.CollectionMeshes.as_view()),
    path(f"{V1}meshes/<int:made_id>/", shapes.MeshOne.as_view()),
    path(f"{V1}meshes/<int:made_id>/picture/", shapes.MeshPicture.as_view()),
    path(f"{V1}meshes/<int:made_id>/file/<str:form>/", shapes.MeshFile.as_view()),
    path(f"{V1}areas/", demand.AreaList.as_view()),
    path(f"{V1}areas/<int:area_id>/", demand.AreaOne.as_view()),
    path(f"{V1}areas/<int:area_id>/events/", demand.AreaEvents.as_view()),
    path(f"{V1}areas/<int:area_id>/weather/", demand.AreaWeather.as_view()),
    path(f"{V1}areas/<int:area_id>/report/", demand.AreaReport.as_view()),
    path(f"{V1}areas/<int:area_id>/day/", demand.AreaDay.as_view()),
    path(f"{V1}areas/<int:area_id>/cells/<int:cell>/", demand.AreaCell.as_view()),
    path(f"{V1}projects/<int:project_id>/searches/", search.SearchList.as_view()),
    path(f"{V1}searches/<int:search_id>/", search.SearchOne.as_view()),
    path(f"{V1}searches/<int:search_id>/stop/", search.SearchStop.as_view()),
    path(f"{V1}projects/<int:project_id>/studies/", budget.StudyList.as_view()),
    path(f"{V1}studies/<int:study_id>/", budget.StudyOne.as_view()),
    path(f"{V1}studies/<int:study_id>/budget/", budget.StudyBudget.as_view()),
    path(f"{V1}projects/<int:project_id>/economics/", budget.ProjectEconomics.as_view()),
    path(f"{V1}projects/<int:project_id>/forecasts/", budget.ForecastRecords.as_view()),
    path(f"{V1}projects/<int:project_id>/live/", budget.ProjectLive.as_view()),
    path(f"{V1}projects/<int:project_id>/ways/", budget.WaysList.as_view()),
    path(f"{V1}projects/<int:project_id>/replays/", budget.ReplayList.as_view()),
    path(f"{V1}portfolio/", budget.Portfolio.as_view()),
    path(f"{V1}forecasts/", budget.PastedCurve.as_view()),
    path(f"{V1}contracts/", acceptance.ContractList.as_view()),
    path(f"{V1}contracts/plan/", acceptance.ContractPlan.as_view()),
    path(f"{V1}projects/<int:project_id>/contracts/", acceptance.ProjectContracts.as_view()),
    path(f"{V1}contracts/<int:contract_id>/", acceptance.ContractOne.as_view()),
    path(f"{V1}contracts/<int:contract_id>/sign/", acceptance.ContractSign.as_view()),
    path(f"{V1}contracts/<int:contract_id>/withdraw/", acceptance.ContractWithdraw.as_view()),
    path(f"{V1}contracts/<int:contract_id>/looks/", acceptance.ContractLooks.as_view()),
    path(f"{V1}contracts/<int:contract_id>/report/", acceptance.ContractReport.as_view()),
    path(f"{V1}looks/<int:look_id>/outcomes/", acceptance.LookOutcomes.as_view()),
    path(f"{V1}assistants/", assistants.AssistantList.as_view()),
    path(f"{V1}assistants/<int:assistant_id>/", assistants.AssistantOne.as_view()),
    path(f"{V1}models/", versions.ModelList.as_view()),
    path(f"{V1}models/compare/", versions.VersionComparison.as_view()),
    path(f"{V1}models/rollback/", versions.AliasRollback.as_view()),
    path(f"{V1}versions/", versions.VersionList.as_view()),
    path(f"{V1}versions/<int:version_id>/", versions.VersionOne.as_view()),
    path(f"{V1}versions/<int:version_id>/archive/", versions.VersionArchive.as_view()),
    path(f"{V1}versions/<int:version_id>/restore/", versions.VersionRestore.as_view()),
    path(f"{V1}versions/<int:version_id>/aliases/", versions.VersionAliases.as_view()),
    path(f"{V1}versions/<int:version_id>/aliases/<str:alias>/", versions.VersionAlias.as_view()),
    path(f"{V1}versions/<int:version_id>/mistakes/", versions.VersionMistakes.as_view()),
    path(f"{V1}versions/<int:version_id>/evaluate/", versions.VersionEvaluate.as_view()),
    path(f"{V1}versions/<int:version_id>/answers/", evaluations.VersionAnswers.as_view()),
    path(f"{V1}versions/<int:version_id>/lineage/", versions.VersionLineage.as_view()),
    path(f"{V1}versions/<int:version_id>/labels/", versions.VersionLabels.as_view()),
    path(f"{V1}versions/<int:version_id>/batches/", deployments.DeploymentBatches.as_view()),
    path(f"{V1}versions/<int:version_id>/exports/", exports.ExportList.as_view()),
    path(f"{V1}versions/<int:version_id>/exports/<str:variant>/", exports.ExportCard.as_view()),
    path(f"{V1}versions/<int:version_id>/exports/<str:variant>/model.onnx", exports.ExportFile.as_view()),
    path(f"{V1}versions/<int:version_id>/exports/<str:variant>/folder.zip", exports.ExportFolder.as_view()),
    path(f"{V1}batches/<int:batch_id>/result/", deployments.BatchResult.as_view()),
    path(f"{V1}items/<int:item_id>/models/", versions.ItemModels.as_view()),
    path(f"{V1}annotations/<int:annotation_id>/models/", versions.AnnotationModels.as_view()),
    path(f"{V1}projects/<int:project_id>/model-policy/", versions.Policy.as_view()),
    path(f"{V1}deployments/", deployments.DeploymentList.as_view()),
    path(f"{V1}deployments/<str:name>/", deployments.DeploymentOne.as_view()),
    path(f"{V1}deployments/<str:name>/predict/", deployments.DeploymentPredict.as_view()),
    path(f"{V1}webhooks/", webhooks.WebhookList.as_view()),
    path(f"{V1}webhooks/<int:webhook_id>/", webhooks.WebhookOne.as_view()),
    path(f"{V1}webhooks/<int:webhook_id>/deliveries/", webhooks.WebhookDeliveries.as_view()),
    *steps_api.patterns,
    path("healthz", pages.health),
    path("readyz", pages.ready),
    path("metrics", pages.metrics),
    re_path(r"^api/", pages.no_such_route),
    re_path(r"^(?!assets/)", pages.front_end),
]
