"""Routes of review, gold items, reports and doubts."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from annotation.labeling.api import IDEMPOTENCY, idempotency_key
from annotation.labeling.models import Task
from annotation.projects.models import Project
from annotation.quality import queries, review, services
from annotation.quality.filters import DOUBTS, GOLD, HISTORY, SEATS
from annotation.quality.models import GoldAnswer, GoldItem, LabelDoubt
from annotation.quality.schemas import (
    AgreementOut,
    CaseOut,
    Cases,
    ConsensusIn,
    DoubtOut,
    EventOut,
    GoldIn,
    GoldOut,
    OverviewOut,
    ProposalsOut,
    ReviewIn,
    ReviewNextIn,
    ReviewOut,
    SeatIn,
    SeatOut,
)
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.datalake.queries import thumbnail_url
from plateau.http.errors import Conflict, Invalid, NotFound, ProjectArchived
from plateau.http.etags import IF_MATCH, unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import parse
from plateau.jobs.api import JobOut, job_out


class ReviewNext(Endpoint):
    """The head of the review queue."""

    scopes: ClassVar = {"POST": Scope.LABELS_REVIEW}

    @document(
        summary="Hold the next tasks for review", body=ReviewNextIn, out=Cases, refusals=[NotFound, ProjectArchived]
    )
    def post(self, request: Request, project_id: int) -> Response:
        """An empty list where nothing is left."""
        given = parse(ReviewNextIn, request.data)
        project = Project.objects.visible_to(self.actor).active(pk=project_id)
        return Response({"cases": review.next_for_review(actor=self.actor, project=project, count=given.count)})


class TaskReview(Endpoint):
    """One task under review."""

    scopes: ClassVar = {"GET": Scope.LABELS_REVIEW, "POST": Scope.LABELS_REVIEW}

    @document(summary="A task with the answer to judge", out=CaseOut, refusals=[NotFound])
    def get(self, request: Request, task_id: int) -> Response:
        """The case."""
        return Response(review.case_of(actor=self.actor, task_id=task_id))

    @document(
        summary="Accept, mend or reject an answer",
        body=ReviewIn,
        out=ReviewOut,
        status=201,
        headers=IDEMPOTENCY,
        refusals=[NotFound, review.AnswerChanged, Invalid, ProjectArchived],
    )
    def post(self, request: Request, task_id: int) -> Response:
        """Take the verdict."""
        given = parse(ReviewIn, request.data)
        for name, missing in (
            ("value", given.verdict == "fixed" and given.value is None),
            ("reason", given.verdict == "rejected" and not given.reason),
        ):
            if missing:
                message = f"{given.verdict} needs it"
                raise Invalid(f"{name}: {message}", [{"field": name, "message": message}])
        made = review.decide(
            actor=self.actor, task_id=task_id, client_id=idempotency_key(request), **given.model_dump()
        )
        state = Task.objects.values_list("state", flat=True).get(pk=task_id)
        return Response(ReviewOut(id=made.pk, verdict=made.verdict, round=made.round, state=state), status=201)


class TaskHistory(Endpoint):
    """A task's past."""

    scopes: ClassVar = {"GET": Scope.LABELS_REVIEW}

    @document(summary="Everything that happened to a task", out=Page[EventOut], query=HISTORY, refusals=[NotFound])
    def get(self, request: Request, task_id: int) -> Response:
        """Its events."""
        return Response(HISTORY.page(request, queries.history(Task.objects.visible_to(self.actor).one(pk=task_id))))


class GoldItems(Endpoint):
    """Gold items of a project."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_WRITE}

    @document(summary="Gold and practice items", out=Page[GoldOut], query=GOLD, refusals=[NotFound])
    def get(self, request: Request, project_id: int) -> Response:
        """One page, the newest first."""
        project = Project.objects.visible_to(self.actor).one(pk=project_id)
        rows = GoldItem.objects.filter(task__project=project).select_related("task__item")
        found = GOLD.rows(request, rows)
        told: dict[int, list[bool]] = {}
        given = GoldAnswer.objects.filter(project=project, task__in=[row.task_id for row in found.rows])
        for task, right in given.values_list("task_id", "right"):
            told.setdefault(task, []).append(right)
        return Response(
            found.page(
                [
                    GoldOut(
                        task_id=row.task_id,
                        name=row.task.item.name,
                        value=row.value,
                        practice=row.practice,
                        given=len(told.get(row.task_id, [])),
                        right=sum(told.get(row.task_id, [])),
                    )
                    for row in found.rows
                ]
            )
        )


class TaskGold(Endpoint):
    """A task as a gold item."""

    scopes: ClassVar = {"PUT": Scope.PROJECTS_WRITE, "DELETE": Scope.PROJECTS_WRITE}

    @document(
        summary="Trust an answer: make a gold or practice item",
        body=GoldIn,
        refusals=[NotFound, Conflict, ProjectArchived],
        status=204,
    )
    def put(self, request: Request, task_id: int) -> Response:
        """Trust it."""
        given = parse(GoldIn, request.data)
        task = Task.objects.visible_to(self.actor).active(pk=task_id)
        services.make_gold(actor=self.actor, task=task, value=given.value, practice=given.practice)
        return Response(status=204)

    @document(summary="Trust it no longer", status=204, refusals=[NotFound, ProjectArchived])
    def delete(self, request: Request, task_id: int) -> Response:
        """An ordinary task again."""
        gold = GoldItem.objects.visible_to(self.actor).select_related("task").active(pk=task_id)
        services.drop_gold(actor=self.actor, gold=gold)
        return Response(status=204)


class ProjectSeats(Endpoint):
    """People in a project."""

    scopes: ClassVar = {"GET": Scope.MEMBERS_READ}

    @document(
        summary="People in a project: answers, time, skill with its interval",
        out=Page[SeatOut],
        query=SEATS,
        refusals=[NotFound],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page, the busiest first."""
        project = Project.objects.visible_to(self.actor).one(pk=project_id)
        found = SEATS.rows(request, queries.seats_of(project))
        return Response(found.page(queries.seats_out(project, found.rows)))


class ProjectSeat(Endpoint):
    """One person's place."""

    scopes: ClassVar = {"PATCH": Scope.PROJECTS_WRITE}

    @document(
        summary="Assign, cap, pause or let go on",
        body=SeatIn,
        out=SeatOut,
        headers=IF_MATCH,
        refusals=[NotFound, ProjectArchived],
    )
    def patch(self, request: Request, project_id: int, member_id: int) -> Response:
        """Change it; `member_id` is the person's user id."""
        given = parse(SeatIn, request.data)
        project = Project.objects.visible_to(self.actor).active(pk=project_id)

        def current() -> SeatOut:
            rows = queries.seats_of(project).filter(user_id=member_id)
            if not (found := queries.seats_out(project, list(rows))):
                raise NotFound("Nobody with this id did anything here yet.")
            return found[0]

        with unchanged(request, project, current):
            services.change_seat(actor=self.actor, project=project, user_id=member_id, **given.model_dump())
        return Response(current())


class Overview(Endpoint):
    """A manager's screen."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(
        summary="What is left, how fast, how good, at what cost, until when", out=OverviewOut, refusals=[NotFound]
    )
    def get(self, request: Request, project_id: int) -> Response:
        """The figures."""
        return Response(queries.overview(Project.objects.visible_to(self.actor).one(pk=project_id)))


class Proposals(Endpoint):
    """What models' proposals do to people."""

    scopes: ClassVar = {"GET": Scope.RUNS_READ}

    @document(summary="Time saved and errors copied, against the control", out=ProposalsOut, refusals=[NotFound])
    def get(self, request: Request, project_id: int) -> Response:
        """On the newest answers."""
        return Response(queries.proposals(Project.objects.visible_to(self.actor).one(pk=project_id)))


class Agreement(Endpoint):
    """How alike people answer."""

    scopes: ClassVar = {"GET": Scope.LABELS_REVIEW}

    @document(summary="Agreement with intervals, by label, person and guideline", out=AgreementOut, refusals=[NotFound])
    def get(self, request: Request, project_id: int) -> Response:
        """On the newest 2,000 tasks with several answers."""
        return Response(queries.agreement_report(Project.objects.visible_to(self.actor).one(pk=project_id)))


class Consensus(Endpoint):
    """Many answers into one."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_WRITE}

    @document(
        summary="Resolve tasks with several answers anew",
        body=ConsensusIn,
        out=JobOut,
        status=201,
        refusals=[NotFound, ProjectArchived],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Order it; the job's result says which method was taken and why."""
        given = parse(ConsensusIn, request.data)
        project = Project.objects.visible_to(self.actor).active(pk=project_id)
        job = services.order_consensus(actor=self.actor, project=project, method=given.method)
        return Response(job_out(job), status=201)


def _doubt(row: LabelDoubt) -> DoubtOut:
    return DoubtOut(
        task_id=row.task_id,
        name=row.task.item.name,
        image=thumbnail_url(row.task.item.asset_id),
        value=row.task.annotation.value if row.task.annotation else {},
        reason=row.reason,
        suggested=row.suggested,
        twin_id=row.twin_id,
        score=row.score,
    )


class Doubts(Endpoint):
    """Labels that look wrong."""

    scopes: ClassVar = {"GET": Scope.LABELS_REVIEW, "POST": Scope.RUNS_WRITE}

    @document(
        summary="Doubtful labels, the most doubtful first",
        out=Page[DoubtOut],
        query=DOUBTS,
        refusals=[NotFound, Invalid],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page."""
        project = Project.objects.visible_to(self.actor).one(pk=project_id)
        rows = LabelDoubt.objects.filter(task__project=project).select_related("task__item", "task__annotation")
        return Response(DOUBTS.page(request, rows.exclude(task__annotation=None), _doubt))

    @document(
        summary="Look for doubtful labels", out=JobOut, status=201, refusals=[NotFound, Conflict, ProjectArchived]
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Order it."""
        project = Project.objects.visible_to(self.actor).active(pk=project_id)
        return Response(job_out(services.order_doubts(actor=self.actor, project=project)), status=201)
