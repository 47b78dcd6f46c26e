"""Looking through tasks and acting on many: lists by key, comments, bulk changes."""

import math
from typing import Annotated, Any, ClassVar, Literal

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from pydantic import BaseModel, Field, StringConstraints
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.labeling.models import Annotation, Comment, Lease, Task, TaskState
from annotation.labeling.schemas import Number
from annotation.labeling.seats import count_moves
from annotation.projects.models import Project, Team
from annotation.projects.schemas import Id
from labelkit.annotations import ANNOTATION_TYPES, AnnotationType
from plateau.access.scopes import Actor, Scope
from plateau.audit.services import note_items_seen, record
from plateau.datalake.queries import thumbnail_url
from plateau.http.endpoint import Endpoint
from plateau.http.errors import Conflict, Invalid, NotFound, ProjectArchived
from plateau.http.openapi import document
from plateau.http.paging import number
from plateau.http.validation import Strict, parse
from plateau.identity.models import Membership

STATES = tuple(TaskState.values)
MAX_BULK = 10_000


class TaskRow(BaseModel):
    """A task in a list."""

    id: int
    item_id: int
    state: str
    name: str
    image: str
    text: str
    value: dict[str, Any] | None
    annotator: str
    agreement: float | None
    priority: float
    assignee: str
    team: str
    skip_reason: str


class TaskPage(BaseModel):
    """Some tasks, and where the next ones begin; empty at the end."""

    rows: list[TaskRow]
    next: str


class TaskBrowse(Endpoint):
    """Tasks of a project."""

    scopes: ClassVar = {"GET": Scope.LABELS_REVIEW}

    @document(
        summary="Tasks in one state, of one person, or the least alike first",
        out=TaskPage,
        query={
            "state": (str, "open, review, done or skipped; done if not given"),
            "person": (int, "User id: tasks whose label is this person's answer, newest first"),
            "order": (str, "`agreement`: the least alike first, of tasks with several answers"),
            "cursor": (str, "`next` of the page before"),
            "limit": (int, "Rows on a page, 1 to 200; 30 if not given"),
        },
        refusals=[NotFound, Invalid],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page, by key: the last one costs what the first one does."""
        found = self._page(request, Project.objects.visible_to(self.actor).one(pk=project_id))
        told = [row.item_id for row in found.rows if row.text]
        note_items_seen(organization_id=self.actor.organization_id, user_id=self.actor.user_id, item_ids=told)
        return Response(found)

    def _page(self, request: Request, project: Project) -> TaskPage:
        limit = number(request, "limit", 30, low=1, high=200) or 30
        person = number(request, "person", None, low=1, high=2**63 - 1)
        cursor = request.query_params.get("cursor", "")
        if person is not None:
            return _of_person(project, person, cursor, limit)
        if request.query_params.get("order") == "agreement":
            return _least_alike(project, cursor, limit)
        state = request.query_params.get("state", "done")
        if state not in STATES:
            message = f"must be one of {', '.join(STATES)}"
            raise Invalid(f"state: {message}", [{"field": "state", "message": message}])
        rows = _rows(Task.objects.filter(project=project, state=state))
        if cursor:
            rows = rows.filter(pk__lt=_whole(cursor))
        found = list(rows.order_by("-pk")[: limit + 1])
        return _page(project, found, limit, lambda row: str(row.pk))


def _rows(rows: "QuerySet[Task]") -> "QuerySet[Task]":
    return rows.select_related("item", "annotation__user", "assignee", "team").prefetch_related("skipped_by")


def _not_ours() -> Invalid:
    return Invalid("cursor: take `next` of the page before", [{"field": "cursor", "message": "is not one of ours"}])


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise _not_ours()
    return int(text)


def _least_alike(project: Project, cursor: str, limit: int) -> TaskPage:
    rows = _rows(Task.objects.filter(project=project, agreement__isnull=False))
    if cursor:
        score, _, after = cursor.partition(":")
        try:
            bound = float(score)
        except ValueError:
            bound = float("nan")
        if math.isnan(bound):
            raise _not_ours()
        # One range of the index (project, agreement, id): a row comparison, which the ORM does not write.
        rows = rows.extra(where=["(agreement, labeling_task.id) > (%s, %s)"], params=[bound, _whole(after)])
    found = list(rows.order_by("agreement", "pk")[: limit + 1])
    return _page(project, found, limit, lambda row: f"{row.agreement!r}:{row.pk}")


def _of_person(project: Project, person: int, cursor: str, limit: int) -> TaskPage:
    """In steps along the person's own answers: a join would make PostgreSQL read all of them."""
    after = _whole(cursor) if cursor else 2**62
    kept: list[tuple[int, Task]] = []
    while len(kept) <= limit:
        step = Annotation.objects.filter(project=project, user_id=person, pk__lt=after).order_by("-pk")
        pairs = list(step.values_list("pk", "task_id")[: limit + 10])
        tasks = {row.pk: row for row in _rows(Task.objects.filter(pk__in=[task for _, task in pairs]))}
        kept += [(pk, tasks[task]) for pk, task in pairs if tasks[task].annotation_id == pk]
        if len(pairs) < limit + 10:
            break
        after = pairs[-1][0]
    shown, kind = kept[:limit], ANNOTATION_TYPES[project.kind]
    return TaskPage(rows=[_row(row, kind) for _, row in shown], next=str(shown[-1][0]) if len(kept) > limit else "")


def _page(project: Project, found: list[Task], limit: int, key: Any) -> TaskPage:
    more, kind = len(found) > limit, ANNOTATION_TYPES[project.kind]
    return TaskPage(rows=[_row(row, kind) for row in found[:limit]], next=key(found[limit - 1]) if more else "")


def _row(row: Task, kind: AnnotationType) -> TaskRow:
    annotation, item = row.annotation, row.item
    reasons = list(row.skipped_by.all())
    return TaskRow(
        id=row.pk,
        item_id=item.pk,
        state=row.state,
        name=item.name,
        image=thumbnail_url(item.asset_id),
        text=item.text[:200],
        value=kind.summarize(annotation.value) if annotation else None,
        annotator=annotation.user.name if annotation and annotation.user else (annotation.source if annotation else ""),
        agreement=row.agreement,
        priority=-row.position if row.position else 0.0,
        assignee=row.assignee.name if row.assignee else "",
        team=row.team.name if row.team else "",
        skip_reason=reasons[-1].reason if reasons else "",
    )


class BulkIn(Strict):
    """What to do with tasks: those listed, else the first 10,000 in a state."""

    action: Literal["assign", "priority", "reopen", "ask_again"]
    tasks: list[Id] = Field(default_factory=list, max_length=MAX_BULK)
    state: Literal["open", "review", "done", "skipped"] | None = None
    user_id: Id | None = None
    team_id: Id | None = None
    priority: float = Field(default=0, ge=-1e6, le=1e6, allow_inf_nan=False)


class TaskBulk(Endpoint):
    """Many tasks at once."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_WRITE}

    @document(
        summary="Assign, prioritize, reopen, or ask for one more answer",
        body=BulkIn,
        out=Number,
        refusals=[NotFound, Conflict, ProjectArchived],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """How many were changed."""
        given = parse(BulkIn, request.data)
        project = Project.objects.visible_to(self.actor).active(pk=project_id)
        if given.user_id is not None:
            Membership.objects.visible_to(self.actor).one(user_id=given.user_id)
        if given.team_id is not None:
            Team.objects.visible_to(self.actor).one(pk=given.team_id)
        if not given.tasks and given.state is None:
            message = "list tasks, or name a state"
            raise Invalid(f"tasks: {message}", [{"field": "tasks", "message": message}])
        return Response(Number(number=change_many(actor=self.actor, project=project, given=given)))


@transaction.atomic
def change_many(*, actor: Actor, project: Project, given: BulkIn) -> int:
    """Do what was asked with the tasks that it fits; returns how many."""
    rows = Task.objects.filter(project=project)
    rows = rows.filter(pk__in=given.tasks) if given.tasks else rows.filter(state=given.state)
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:MAX_BULK])
    rows = Task.objects.filter(pk__in=ids)
    if given.action == "assign":
        changed = rows.update(assignee_id=given.user_id, team_id=given.team_id)
    elif given.action == "priority":
        changed = rows.update(position=-given.priority)
    else:
        changed = _again(project, rows, given.action)
    Project.objects.filter(pk=project.pk).update(queue_epoch=F("queue_epoch") + 1)
    record(actor=actor, action=f"tasks.{given.action}", subject=project, number=changed)
    return changed


def _again(project: Project, rows: "QuerySet[Task]", action: str) -> int:
    """Back into the queue: skipped ones as they were, answered ones for one more person's answer."""
    states = ("skipped",) if action == "reopen" else ("done", "review")
    changed = 0
    for state in states:
        part = rows.filter(state=state)
        if state == "skipped":
            number_of = part.update(state="open", skips=0, room=F("wanted") - F("given"))
        else:
            Lease.objects.filter(task__in=part, kind="review").delete()
            number_of = part.filter(gold=None).update(state="open", wanted=F("given") + 1, room=1)
        count_moves(project_id=project.pk, user_id=None, moves={state: -number_of, "open": number_of})
        changed += number_of
    return changed


class CommentIn(Strict):
    """A remark; `region` pins it to a region of the answer."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
    region: Annotated[str, StringConstraints(pattern=r"^[\w-]{0,40}$")] = ""


class CommentChange(Strict):
    """Settled or not."""

    resolved: bool


class CommentOut(BaseModel):
    """A remark."""

    id: int
    task_id: int
    author: str
    region: str
    text: str
    created_at: str
    resolved: bool


class Comments(BaseModel):
    """Remarks on a task, oldest first."""

    rows: list[CommentOut]


def _comment(row: Comment) -> CommentOut:
    return CommentOut(
        id=row.pk,
        task_id=row.task_id,
        author=row.user.name if row.user else "",
        region=row.region,
        text=row.text,
        created_at=row.created_at.isoformat(),
        resolved=row.resolved_at is not None,
    )


class TaskComments(Endpoint):
    """Remarks on a task."""

    scopes: ClassVar = {"GET": Scope.LABELS_WRITE, "POST": Scope.LABELS_WRITE}

    @document(summary="Remarks on a task", out=Comments, refusals=[NotFound])
    def get(self, request: Request, task_id: int) -> Response:
        """All of them."""
        task = Task.objects.visible_to(self.actor).one(pk=task_id)
        return Response(Comments(rows=[_comment(row) for row in task.comments.select_related("user").order_by("pk")]))

    @document(
        summary="Say something about a task",
        body=CommentIn,
        out=CommentOut,
        status=201,
        refusals=[NotFound, ProjectArchived],
    )
    def post(self, request: Request, task_id: int) -> Response:
        """Say it."""
        given = parse(CommentIn, request.data)
        task = Task.objects.visible_to(self.actor).active(pk=task_id)
        row = Comment.objects.create(task=task, user_id=self.actor.user_id, region=given.region, text=given.text)
        return Response(_comment(row), status=201)


class CommentOne(Endpoint):
    """One remark."""

    scopes: ClassVar = {"PATCH": Scope.LABELS_WRITE}

    @document(
        summary="Settle a remark, or take that back",
        body=CommentChange,
        out=CommentOut,
        refusals=[NotFound, ProjectArchived],
    )
    def patch(self, request: Request, comment_id: int) -> Response:
        """Settle it."""
        given = parse(CommentChange, request.data)
        row = Comment.objects.visible_to(self.actor).select_related("user").active(pk=comment_id)
        row.resolved_at = timezone.now() if given.resolved else None
        row.resolved_by_id = self.actor.user_id if given.resolved else None
        row.save(update_fields=["resolved_at", "resolved_by"])
        return Response(_comment(row))
