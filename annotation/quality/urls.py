"""Paths below `/api/v1/`."""

from django.urls import path

from annotation.quality import api

urlpatterns = [
    path("projects/<int:project_id>/review/next/", api.ReviewNext.as_view(), name="project-review-next"),
    path("tasks/returned/", api.ReturnedTasks.as_view(), name="returned-tasks"),
    path("tasks/<int:task_id>/review/", api.TaskReview.as_view(), name="task-review"),
    path("tasks/<int:task_id>/history/", api.TaskHistory.as_view(), name="task-history"),
    path("tasks/<int:task_id>/difference/", api.TaskDifference.as_view(), name="task-difference"),
    path("tasks/<int:task_id>/gold/", api.TaskGold.as_view(), name="task-gold"),
    path("projects/<int:project_id>/gold/", api.GoldTaskList.as_view(), name="project-gold"),
    path("projects/<int:project_id>/members/", api.ProjectMemberList.as_view(), name="project-members"),
    path(
        "projects/<int:project_id>/members/<int:user_id>/",
        api.ProjectMemberDetail.as_view(),
        name="project-member-detail",
    ),
    path("projects/<int:project_id>/overview/", api.ProjectOverview.as_view(), name="project-overview"),
    path(
        "projects/<int:project_id>/pre-annotation-effect/",
        api.ProjectPreAnnotationEffect.as_view(),
        name="project-pre-annotation-effect",
    ),
    path("projects/<int:project_id>/agreement/", api.Agreement.as_view(), name="project-agreement"),
    path("projects/<int:project_id>/consensus/", api.ProjectConsensus.as_view(), name="project-consensus"),
    path("projects/<int:project_id>/label-issues/", api.LabelIssueList.as_view(), name="project-label-issues"),
]
