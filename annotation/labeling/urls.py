"""Paths below `/api/v1/`."""

from django.urls import path

from annotation.labeling import api, browse, facets, projects_api

urlpatterns = [
    path("tasks/<int:task_id>/annotations/", api.TaskAnnotations.as_view(), name="task-annotations"),
    path("items/<int:item_id>/content/", api.ItemContent.as_view(), name="item-content"),
    path("projects/<int:project_id>/tasks/import/", api.TaskImport.as_view(), name="project-task-import"),
    path("projects/<int:project_id>/queue/next/", api.QueueNext.as_view(), name="project-queue-next"),
    path("projects/<int:project_id>/queue/release/", api.QueueRelease.as_view(), name="project-queue-release"),
    path("projects/<int:project_id>/queue/reopen/", api.QueueReopen.as_view(), name="project-queue-reopen"),
    path("projects/<int:project_id>/queue/reorder/", api.QueueReorder.as_view(), name="project-queue-reorder"),
    path("projects/<int:project_id>/members/me/", api.OwnMembership.as_view(), name="project-own-membership"),
    path("leases/renew/", api.LeaseRenew.as_view(), name="lease-renew"),
    path("projects/<int:project_id>/tasks/", browse.TaskList.as_view(), name="project-tasks"),
    path("projects/<int:project_id>/tasks/facets/", facets.TaskFacetsEndpoint.as_view(), name="project-task-facets"),
    path("projects/<int:project_id>/tasks/bulk/", browse.TaskBulk.as_view(), name="project-task-bulk"),
    path("tasks/<int:task_id>/comments/", browse.TaskComments.as_view(), name="task-comments"),
    path("comments/<int:comment_id>/", browse.CommentDetail.as_view(), name="comment-detail"),
    path("tasks/<int:task_id>/", api.TaskDetail.as_view(), name="task-detail"),
    path("tasks/<int:task_id>/lease/", api.TaskLease.as_view(), name="task-lease"),
    path("tasks/<int:task_id>/skip/", api.TaskSkip.as_view(), name="task-skip"),
    path("tasks/<int:task_id>/draft/", api.TaskDraft.as_view(), name="task-draft"),
    # A project is shown and changed with its tasks.
    path("projects/", projects_api.ProjectList.as_view(), name="project-list"),
    path("projects/<int:project_id>/", projects_api.ProjectDetailEndpoint.as_view(), name="project-detail"),
    path("projects/<int:project_id>/datasets/", projects_api.ProjectDatasets.as_view(), name="project-datasets"),
    path(
        "projects/<int:project_id>/datasets/<int:dataset_id>/",
        projects_api.ProjectDataset.as_view(),
        name="project-dataset",
    ),
    path("projects/<int:project_id>/archive/", projects_api.ProjectArchive.as_view(), name="project-archive"),
    path("projects/<int:project_id>/restore/", projects_api.ProjectRestore.as_view(), name="project-restore"),
    path(
        "projects/<int:project_id>/label-schema/",
        projects_api.ProjectLabelSchema.as_view(),
        name="project-label-schema",
    ),
    path(
        "projects/<int:project_id>/label-schema/preview/",
        projects_api.LabelSchemaPreview.as_view(),
        name="project-label-schema-preview",
    ),
    path(
        "projects/<int:project_id>/queue-settings/",
        projects_api.ProjectQueueSettings.as_view(),
        name="project-queue-settings",
    ),
]
