"""Looking through tasks and acting on many: lists by key, comments, bulk changes."""

from typing import Annotated, Any, ClassVar, Literal

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from pydantic import BaseModel, Field, StringConstraints
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.labeling.filters import COMMENTS, TASKS
from annotation.labeling.models import Annotation, Comment, Lease, Task
from annotation.labeling.schemas import Number
from annotation.labeling.seats import count_moves
from annotation.projects.models import Project, Team
from annotation.projects.schemas import Id
from labelkit.annotations import ANNOTATION_TYPES, AnnotationType
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Actor, Scope
from plateau.audit.services import note_items_seen, record
from plateau.datalake.queries import thumbnail_url
from plateau.http.errors import Conflict, Invalid, NotFound, ProjectArchived
from plateau.http.openapi import document
from plateau.http.paging import Page, PageRows, Place, foreign_cursor
from plateau.http.validation import Strict, parse
from plateau.identity.models import Membership

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


class TaskBrowse(Endpoint):
    """Tasks of a project."""

    scopes: ClassVar = {"GET": Scope.LABELS_REVIEW}

    @document(
        summary="Tasks in one state, of one person, or the least alike first",
        out=Page[TaskRow],
        query=TASKS,
        refusals=[NotFound, Invalid],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page, by key: the last one costs what the first one does."""
        found = self._page(request, Project.objects.visible_to(self.actor).one(pk=project_id))
        told = [row.item_id for row in found.results if row.text]
        note_items_seen(organization_id=self.actor.organization_id, user_id=self.actor.user_id, item_ids=told)
        return Response(found)

    def _page(self, request: Request, project: Project) -> Page[TaskRow]:
        query, kind = TASKS.parse(request), ANNOTATION_TYPES[project.kind]
        if query.annotator_id is not None and query.ordering == TASKS.default:
            found = _of_annotator(project, query)
        else:
            rows = Task.objects.filter(project=project)
            rows = rows.select_related("item", "annotation__user", "assignee", "team").prefetch_related("skipped_by")
            found = TASKS.slice(TASKS.filtered(query, rows), query)
        return found.page([_row(row, kind) for row in found.rows])


def _of_annotator(project: Project, query: Any) -> PageRows[Task]:
    """In steps along the person's own annotations: a join would make PostgreSQL read all of them."""
    after = TASKS.place(query).key if query.cursor else 2**62
    if type(after) is not int:
        raise foreign_cursor()
    kept: list[tuple[int, Task]] = []
    while len(kept) <= query.limit:
        step = Annotation.objects.filter(project=project, user_id=query.annotator_id, pk__lt=after).order_by("-pk")
        pairs = list(step.values_list("pk", "task_id")[: query.limit + 10])
        rows = TASKS.filtered(query, Task.objects.filter(pk__in=[task for _, task in pairs]))
        rows = rows.select_related("item", "annotation__user", "assignee", "team").prefetch_related("skipped_by")
        tasks = {row.pk: row for row in rows}
        kept += [(pk, tasks[task]) for pk, task in pairs if task in tasks and tasks[task].annotation_id == pk]
        if len(pairs) < query.limit + 10:
            break
        after = pairs[-1][0]
    shown = kept[: query.limit]
    onward = Place(query.ordering, False, None, shown[-1][0]).write() if len(kept) > query.limit else None
    return PageRows([row for _, row in shown], next=onward, previous=None)


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

    @document(summary="Remarks on a task", out=Page[CommentOut], query=COMMENTS, refusals=[NotFound])
    def get(self, request: Request, task_id: int) -> Response:
        """One page, the oldest first."""
        task = Task.objects.visible_to(self.actor).one(pk=task_id)
        rows = Comment.objects.filter(task=task).select_related("user")
        return Response(COMMENTS.page(request, rows, _comment))

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
