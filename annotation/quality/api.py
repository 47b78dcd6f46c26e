"""Endpoints of reviews, gold tasks, memberships, quality reports and suspected label errors."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from annotation.labeling.api import IDEMPOTENCY, idempotency_key
from annotation.labeling.errors import TaskLeased
from annotation.labeling.models import Task
from annotation.projects.models import Project
from annotation.quality import queries, review, services
from annotation.quality.errors import AnnotationChanged, LabelIssuesNeedMoreLabels, TaskNotAnnotated
from annotation.quality.filters import GOLD, HISTORY, LABEL_ISSUES, MEMBERS, RETURNED
from annotation.quality.models import GoldResult, GoldTask, LabelIssue, Review
from annotation.quality.schemas import (
    AgreementOut,
    AnnotationDifferenceOut,
    ConsensusIn,
    DifferenceQuery,
    GoldTaskIn,
    GoldTaskOut,
    LabelIssueOut,
    OverviewOut,
    PreAnnotationEffectOut,
    ProjectMemberChange,
    ProjectMemberOut,
    ReturnedTaskOut,
    ReviewIn,
    ReviewLeaseIn,
    ReviewOut,
    ReviewTaskOut,
    ReviewTasks,
    TaskEventOut,
)
from labelkit.messages import Message, in_field
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.datalake.queries import thumbnail_url
from plateau.http.errors import InvalidInput, NotFound, ProjectArchived
from plateau.http.etags import IF_MATCH, unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.query import parse_query
from plateau.http.rendering import MAX_ANNOTATION_BYTES
from plateau.http.validation import parse
from plateau.jobs.api import JobOut, job_out


class ReviewNext(Endpoint):
    """The head of the review queue."""

    scopes: ClassVar = {"POST": Scope.LABELS_REVIEW}
    unrecorded: ClassVar = {"POST": "a lease of minutes; the review is what counts"}

    @document(
        summary="Lease the next tasks for review",
        body=ReviewLeaseIn,
        out=ReviewTasks,
        errors=[NotFound, ProjectArchived],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """An empty list where nothing is left."""
        body = parse(ReviewLeaseIn, request.data)
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        tasks = review.lease_next_reviews(actor=self.actor, project=project, count=body.count)
        return Response({"tasks": tasks, "waiting": review.count_waiting(actor=self.actor, project=project)})


class TaskReview(Endpoint):
    """One task under review."""

    scopes: ClassVar = {"GET": Scope.LABELS_REVIEW, "POST": Scope.LABELS_REVIEW}
    max_body_bytes = MAX_ANNOTATION_BYTES

    @document(summary="A task with the annotation to review", out=ReviewTaskOut, errors=[NotFound])
    def get(self, request: Request, task_id: int) -> Response:
        """The task."""
        return Response(review.get_review(actor=self.actor, task_id=task_id))

    @document(
        summary="Accept, correct or reject an annotation",
        body=ReviewIn,
        out=ReviewOut,
        status=201,
        headers=IDEMPOTENCY,
        errors=[NotFound, AnnotationChanged, InvalidInput, ProjectArchived],
    )
    def post(self, request: Request, task_id: int) -> Response:
        """Saved once for each idempotency key."""
        body = parse(ReviewIn, request.data)
        for name, missing in (
            ("value", body.verdict == "corrected" and body.value is None),
            ("reason", body.verdict == "rejected" and not body.reason),
        ):
            if missing:
                message = Message("The verdict “{verdict}” needs it", verdict=body.verdict)
                raise InvalidInput(in_field(name, message), [{"field": name, "message": message}])
        saved = review.submit_review(
            actor=self.actor, task_id=task_id, client_id=idempotency_key(request), **body.model_dump()
        )
        state = Task.objects.values_list("state", flat=True).get(pk=task_id)
        return Response(ReviewOut(id=saved.pk, verdict=saved.verdict, round=saved.round, task_state=state), status=201)


class ReturnedTasks(Endpoint):
    """Tasks that came back."""

    scopes: ClassVar = {"GET": Scope.LABELS_WRITE}

    @document(
        summary="Tasks that a reviewer sent back to the caller, the last one first",
        out=Page[ReturnedTaskOut],
        query=RETURNED,
    )
    def get(self, request: Request) -> Response:
        """One page; a task leaves it when the caller annotates it again."""
        return Response(RETURNED.page(request, queries.returned_reviews(self.actor), _returned_out))


def _returned_out(row: Review) -> ReturnedTaskOut:
    return ReturnedTaskOut(
        task_id=row.task_id,
        name=row.task.item.name,
        project_id=row.project_id,
        project=row.project.name,
        reviewer=row.reviewer.name if row.reviewer else "",
        reason=row.reason,
        created_at=row.created_at,
    )


class TaskHistory(Endpoint):
    """A task's history."""

    scopes: ClassVar = {"GET": Scope.LABELS_REVIEW}

    @document(summary="Everything that happened to a task", out=Page[TaskEventOut], query=HISTORY, errors=[NotFound])
    def get(self, request: Request, task_id: int) -> Response:
        """Its events."""
        task = Task.objects.visible_to(self.actor).get_or_404(pk=task_id)
        return Response(HISTORY.page(request, queries.task_history(task)))


class TaskDifference(Endpoint):
    """Two annotations of a task."""

    scopes: ClassVar = {"GET": Scope.LABELS_REVIEW}

    @document(
        summary="What two annotations of a task say differently",
        out=AnnotationDifferenceOut,
        query=DifferenceQuery,
        errors=[NotFound],
    )
    def get(self, request: Request, task_id: int) -> Response:
        """Matched as agreement matches them: of regions and spans, those that mark the same thing."""
        task = Task.objects.visible_to(self.actor).select_related("project").get_or_404(pk=task_id)
        query = parse_query(DifferenceQuery, request)
        return Response(queries.annotation_difference(task, query.first, query.second))


class GoldTaskList(Endpoint):
    """Gold tasks of a project."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_WRITE}

    @document(summary="Gold and qualification tasks", out=Page[GoldTaskOut], query=GOLD, errors=[NotFound])
    def get(self, request: Request, project_id: int) -> Response:
        """One page, the newest first."""
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        rows = GoldTask.objects.filter(task__project=project).select_related("task__item")
        page = GOLD.rows(request, rows)
        results: dict[int, list[bool]] = {}
        saved = GoldResult.objects.filter(project=project, task__in=[row.task_id for row in page.rows])
        for task_id, is_correct in saved.values_list("task_id", "is_correct"):
            results.setdefault(task_id, []).append(is_correct)
        return Response(
            page.page(
                [
                    GoldTaskOut(
                        task_id=row.task_id,
                        name=row.task.item.name,
                        value=row.value,
                        is_qualification=row.is_qualification,
                        annotation_count=len(results.get(row.task_id, [])),
                        correct_count=sum(results.get(row.task_id, [])),
                    )
                    for row in page.rows
                ]
            )
        )


class TaskGold(Endpoint):
    """A task as a gold task."""

    scopes: ClassVar = {"PUT": Scope.PROJECTS_WRITE, "DELETE": Scope.PROJECTS_WRITE}
    max_body_bytes = MAX_ANNOTATION_BYTES

    @document(
        summary="Make a task a gold or qualification task",
        body=GoldTaskIn,
        errors=[NotFound, TaskNotAnnotated, TaskLeased, ProjectArchived],
        status=204,
    )
    def put(self, request: Request, task_id: int) -> Response:
        """Its annotation is trusted; the task leaves the ordinary queue."""
        body = parse(GoldTaskIn, request.data)
        task = Task.objects.visible_to(self.actor).get_active(pk=task_id)
        services.set_gold_task(actor=self.actor, task=task, value=body.value, is_qualification=body.is_qualification)
        return Response(status=204)

    @document(summary="Make a gold task an ordinary one", status=204, errors=[NotFound, ProjectArchived])
    def delete(self, request: Request, task_id: int) -> Response:
        """People's results stay counted."""
        gold = GoldTask.objects.visible_to(self.actor).select_related("task").get_active(pk=task_id)
        services.remove_gold_task(actor=self.actor, gold=gold)
        return Response(status=204)


class ProjectMemberList(Endpoint):
    """People in a project."""

    scopes: ClassVar = {"GET": Scope.MEMBERS_READ}

    @document(
        summary="People in a project: annotations, time, accuracy on gold tasks",
        out=Page[ProjectMemberOut],
        query=MEMBERS,
        errors=[NotFound],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page, the busiest first."""
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        page = MEMBERS.rows(request, queries.memberships_of(project))
        return Response(page.page(queries.member_rows(project, page.rows)))


class ProjectMemberDetail(Endpoint):
    """One person's membership."""

    scopes: ClassVar = {"PATCH": Scope.PROJECTS_WRITE}

    @document(
        summary="Assign, limit, pause or resume a person",
        body=ProjectMemberChange,
        out=ProjectMemberOut,
        headers=IF_MATCH,
        errors=[NotFound, ProjectArchived],
    )
    def patch(self, request: Request, project_id: int, user_id: int) -> Response:
        """Fields that are left out stay as they are."""
        body = parse(ProjectMemberChange, request.data)
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)

        def current() -> ProjectMemberOut:
            rows = queries.memberships_of(project).filter(user_id=user_id)
            if not (members := queries.member_rows(project, list(rows))):
                raise NotFound("This member has no activity in this project yet.")
            return members[0]

        with unchanged(request, project, current):
            services.change_membership(actor=self.actor, project=project, user_id=user_id, **body.model_dump())
        return Response(current())


class ProjectOverview(Endpoint):
    """A project's progress, quality and cost."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(summary="What is left, how fast, how good, at what cost, until when", out=OverviewOut, errors=[NotFound])
    def get(self, request: Request, project_id: int) -> Response:
        """The figures."""
        return Response(queries.project_overview(Project.objects.visible_to(self.actor).get_or_404(pk=project_id)))


class ProjectPreAnnotationEffect(Endpoint):
    """Effect of pre-annotations on people."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="Time saved and errors copied, against the control", out=PreAnnotationEffectOut, errors=[NotFound]
    )
    def get(self, request: Request, project_id: int) -> Response:
        """Of the newest 20,000 annotations."""
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        return Response(queries.pre_annotation_effect(project))


class Agreement(Endpoint):
    """Agreement of people."""

    scopes: ClassVar = {"GET": Scope.LABELS_REVIEW}

    @document(summary="Agreement with intervals, by label, person and guideline", out=AgreementOut, errors=[NotFound])
    def get(self, request: Request, project_id: int) -> Response:
        """Of the newest 2,000 tasks with several annotations."""
        return Response(queries.agreement_report(Project.objects.visible_to(self.actor).get_or_404(pk=project_id)))


class ProjectConsensus(Endpoint):
    """Consensus of several annotations."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_WRITE}

    @document(
        summary="Resolve tasks with several annotations again",
        body=ConsensusIn,
        out=JobOut,
        status=201,
        errors=[NotFound, ProjectArchived],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """The job's result says which method was used and why."""
        body = parse(ConsensusIn, request.data)
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        job = services.submit_consensus(actor=self.actor, project=project, method=body.method)
        return Response(job_out(job), status=201)


def label_issue_out(row: LabelIssue) -> LabelIssueOut:
    """A label issue on the wire."""
    return LabelIssueOut(
        task_id=row.task_id,
        name=row.task.item.name,
        image=thumbnail_url(row.task.item.asset_id),
        value=row.task.annotation.value if row.task.annotation else {},
        reason=row.reason,
        suggested_label=row.suggested_label,
        duplicate_task_id=row.duplicate_task_id,
        score=row.score,
    )


class LabelIssueList(Endpoint):
    """Labels that are probably wrong, and the job that finds them."""

    scopes: ClassVar = {"GET": Scope.LABELS_REVIEW, "POST": Scope.RUNS_WRITE}

    @document(
        summary="Label issues, the most probable first",
        out=Page[LabelIssueOut],
        query=LABEL_ISSUES,
        errors=[NotFound, InvalidInput],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page."""
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        rows = LabelIssue.objects.filter(task__project=project).select_related("task__item", "task__annotation")
        return Response(LABEL_ISSUES.page(request, rows.exclude(task__annotation=None), label_issue_out))

    @document(
        summary="Find label issues",
        out=JobOut,
        status=201,
        errors=[NotFound, LabelIssuesNeedMoreLabels, ProjectArchived],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Submit the job; issues of earlier jobs are replaced when it is done."""
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        return Response(job_out(services.submit_label_issues(actor=self.actor, project=project)), status=201)
