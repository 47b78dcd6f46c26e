"""Endpoints of task lists, bulk actions and comments. Lists page by key: the last page costs what the first does."""

from typing import Annotated, Any, ClassVar, Literal

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from pydantic import BaseModel, Field, StringConstraints
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.labeling.filters import COMMENTS, TASKS
from annotation.labeling.memberships import record_state_changes
from annotation.labeling.models import Annotation, Comment, Lease, Task
from annotation.labeling.schemas import AffectedCount
from annotation.labeling.services import create_comment
from annotation.projects.models import Project, Team
from annotation.projects.schemas import Id
from labelkit.annotations import AnnotationType
from labelkit.messages import in_field
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Actor, Scope
from plateau.audit.services import record, record_item_accesses
from plateau.datalake.queries import thumbnail_url
from plateau.http.errors import Conflict, InvalidCursor, InvalidInput, NotFound, ProjectArchived
from plateau.http.openapi import document
from plateau.http.paging import CursorPosition, Page, PageRows, count_fitting
from plateau.http.validation import RequestModel, parse
from plateau.identity.models import Membership

MAX_BULK_TASKS = 10_000


class TaskRow(BaseModel):
    """A task in a list."""

    id: int
    item_id: int
    state: str
    name: str
    image: str
    text: str
    value: dict[str, Any] | None
    marks: list[dict[str, object]] = Field(description="As a thumbnail shows them: few points, coarse masks")
    width: int | None
    height: int | None
    annotator: str
    agreement: float | None
    priority: float
    assignee_id: int | None
    assignee: str
    team_id: int | None
    team: str
    skip_reason: str


class TaskList(Endpoint):
    """Tasks of a project."""

    scopes: ClassVar = {"GET": Scope.LABELS_REVIEW}

    @document(
        summary="Tasks in one state, of one person, or the least similar first",
        out=Page[TaskRow],
        query=TASKS,
        errors=[NotFound, InvalidInput],
    )
    def get(self, request: Request, project_id: int) -> Response:
        """One page, by key: the last one costs what the first one does."""
        page = self._page(request, Project.objects.visible_to(self.actor).get_or_404(pk=project_id))
        item_ids = [row.item_id for row in page.results if row.text]
        record_item_accesses(organization_id=self.actor.organization_id, user_id=self.actor.user_id, item_ids=item_ids)
        return Response(page)

    def _page(self, request: Request, project: Project) -> Page[TaskRow]:
        query, annotation_type = TASKS.parse(request), project.annotation_type
        if query.annotator_id is not None and query.ordering == TASKS.default:
            tasks = _tasks_of_annotator(project, query)
        else:
            rows = _with_relations(Task.objects.filter(project=project))
            tasks = TASKS.slice(TASKS.filtered(query, rows), query)
        return tasks.page([_task_row(task, annotation_type) for task in tasks.rows])


def _with_relations(tasks: "QuerySet[Task]") -> "QuerySet[Task]":
    return tasks.select_related("item__asset", "annotation__user", "assignee", "team").prefetch_related("skipped_by")


def _tasks_of_annotator(project: Project, query: Any) -> PageRows[Task]:
    """In steps along the person's own annotations: a join would make PostgreSQL read all of them."""
    last_annotation_id = TASKS.read_position(query).key if query.cursor else 2**62
    if type(last_annotation_id) is not int:
        raise InvalidCursor
    resolved: list[tuple[int, int]] = []  # annotations, and the tasks that they resolve
    while len(resolved) <= query.limit:
        annotations = Annotation.objects.filter(project=project, user_id=query.annotator_id, pk__lt=last_annotation_id)
        pairs = list(annotations.order_by("-pk").values_list("pk", "task_id")[: query.limit + 10])
        rows = TASKS.filtered(query, Task.objects.filter(pk__in=[task_id for _, task_id in pairs]))
        annotation_of_task = dict(rows.values_list("pk", "annotation_id"))
        resolved += [(pk, task_id) for pk, task_id in pairs if annotation_of_task.get(task_id) == pk]
        if len(pairs) < query.limit + 10:
            break
        last_annotation_id = pairs[-1][0]
    weighed = TASKS.weighed(Task.objects.filter(pk__in=[task_id for _, task_id in resolved]))
    weights = dict(weighed.values_list("pk", "page_weight"))
    fitting = count_fitting([weights.get(task_id, 0) for _, task_id in resolved])
    page_rows = resolved[: min(fitting, query.limit)]
    has_more = len(resolved) > len(page_rows)
    next_cursor = CursorPosition(query.ordering, False, None, page_rows[-1][0]).write() if has_more else None
    tasks = _with_relations(Task.objects.all()).in_bulk([task_id for _, task_id in page_rows])
    return PageRows([tasks[task_id] for _, task_id in page_rows if task_id in tasks], next=next_cursor, previous=None)


def _task_row(task: Task, annotation_type: AnnotationType) -> TaskRow:
    annotation, item = task.annotation, task.item
    size = item.known_size
    reasons = list(task.skipped_by.all())
    return TaskRow(
        id=task.pk,
        item_id=item.pk,
        state=task.state,
        name=item.name,
        image=thumbnail_url(item.asset_id),
        text=item.text[:200],
        value=annotation_type.summarize(annotation.value) if annotation else None,
        marks=annotation_type.sketch(annotation.value) if annotation else [],
        width=size[0] if size else None,
        height=size[1] if size else None,
        annotator=annotation.user.name if annotation and annotation.user else (annotation.source if annotation else ""),
        agreement=task.agreement,
        priority=-task.position if task.position else 0.0,
        assignee_id=task.assignee_id,
        assignee=task.assignee.name if task.assignee else "",
        team_id=task.team_id,
        team=task.team.name if task.team else "",
        skip_reason=reasons[-1].reason if reasons else "",
    )


class BulkActionIn(RequestModel):
    """An action on tasks: those listed, else the first 10,000 in a state."""

    action: Literal["assign", "set_priority", "reopen", "require_one_more"]
    task_ids: list[Id] = Field(default_factory=list, max_length=MAX_BULK_TASKS)
    state: Literal["open", "review", "done", "skipped"] | None = None
    user_id: Id | None = None
    team_id: Id | None = None
    priority: float = Field(default=0, ge=-1e6, le=1e6, allow_inf_nan=False)


class TaskBulk(Endpoint):
    """Many tasks at once."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_WRITE}

    @document(
        summary="Assign, prioritize, reopen, or require one more annotation",
        body=BulkActionIn,
        out=AffectedCount,
        errors=[NotFound, Conflict, ProjectArchived],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """How many were changed."""
        body = parse(BulkActionIn, request.data)
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        if body.user_id is not None:
            Membership.objects.visible_to(self.actor).get_or_404(user_id=body.user_id)
        if body.team_id is not None:
            Team.objects.visible_to(self.actor).get_or_404(pk=body.team_id)
        if not body.task_ids and body.state is None:
            message = "give task_ids or a state"
            raise InvalidInput(in_field("task_ids", message), [{"field": "task_ids", "message": message}])
        return Response(AffectedCount(count=apply_bulk_action(actor=self.actor, project=project, bulk=body)))


@transaction.atomic
def apply_bulk_action(*, actor: Actor, project: Project, bulk: BulkActionIn) -> int:
    """Apply an action to those tasks that it fits; returns how many."""
    tasks = Task.objects.filter(project=project)
    tasks = tasks.filter(pk__in=bulk.task_ids) if bulk.task_ids else tasks.filter(state=bulk.state)
    ids = list(tasks.order_by("pk").values_list("pk", flat=True)[:MAX_BULK_TASKS])
    tasks = Task.objects.filter(pk__in=ids)
    if bulk.action == "assign":
        changed_count = tasks.update(assignee_id=bulk.user_id, team_id=bulk.team_id)
    elif bulk.action == "set_priority":
        changed_count = tasks.update(position=-bulk.priority)
    elif bulk.action == "reopen":
        changed_count = _reopen_skipped(project, tasks)
    else:
        changed_count = _require_one_more(project, tasks)
    Project.objects.filter(pk=project.pk).update(queue_version=F("queue_version") + 1)
    record(actor=actor, action=f"tasks.{bulk.action}", subject=project, number=changed_count)
    return changed_count


def _reopen_skipped(project: Project, tasks: "QuerySet[Task]") -> int:
    """Put skipped tasks back into the queue as they were."""
    slots = F("required_annotations") - F("annotation_count")
    count = tasks.filter(state="skipped").update(state="open", skip_count=0, available_slots=slots)
    record_state_changes(project_id=project.pk, user_id=None, changes={"skipped": -count, "open": count})
    return count


def _require_one_more(project: Project, tasks: "QuerySet[Task]") -> int:
    """Put annotated tasks back into the queue for one more person's annotation; gold tasks stay."""
    total = 0
    for state in ("done", "review"):
        in_state = tasks.filter(state=state)
        Lease.objects.filter(task__in=in_state, kind="review").delete()
        count = in_state.filter(gold=None).update(
            state="open", required_annotations=F("annotation_count") + 1, available_slots=1
        )
        record_state_changes(project_id=project.pk, user_id=None, changes={state: -count, "open": count})
        total += count
    return total


class CommentIn(RequestModel):
    """A comment; `region` is the id of the region that it is pinned to."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
    region: Annotated[str, StringConstraints(pattern=r"^[\w-]{0,40}$")] = ""


class CommentChange(RequestModel):
    """Whether a comment is resolved."""

    is_resolved: bool


class CommentOut(BaseModel):
    """A comment on a task."""

    id: int
    task_id: int
    author: str
    region: str
    text: str
    created_at: str
    is_resolved: bool


def _comment_out(row: Comment) -> CommentOut:
    return CommentOut(
        id=row.pk,
        task_id=row.task_id,
        author=row.user.name if row.user else "",
        region=row.region,
        text=row.text,
        created_at=row.created_at.isoformat(),
        is_resolved=row.resolved_at is not None,
    )


class TaskComments(Endpoint):
    """Comments on a task."""

    scopes: ClassVar = {"GET": Scope.LABELS_WRITE, "POST": Scope.LABELS_WRITE}

    @document(summary="Comments on a task", out=Page[CommentOut], query=COMMENTS, errors=[NotFound])
    def get(self, request: Request, task_id: int) -> Response:
        """One page, the oldest first."""
        task = Task.objects.visible_to(self.actor).get_or_404(pk=task_id)
        rows = Comment.objects.filter(task=task).select_related("user")
        return Response(COMMENTS.page(request, rows, _comment_out))

    @document(
        summary="Comment on a task",
        body=CommentIn,
        out=CommentOut,
        status=201,
        errors=[NotFound, ProjectArchived],
    )
    def post(self, request: Request, task_id: int) -> Response:
        """A comment begins unresolved."""
        body = parse(CommentIn, request.data)
        task = Task.objects.visible_to(self.actor).get_active(pk=task_id)
        row = create_comment(actor=self.actor, task=task, region=body.region, text=body.text)
        return Response(_comment_out(row), status=201)


class CommentDetail(Endpoint):
    """One comment."""

    scopes: ClassVar = {"PATCH": Scope.LABELS_WRITE}

    @document(
        summary="Resolve a comment, or reopen it",
        body=CommentChange,
        out=CommentOut,
        errors=[NotFound, ProjectArchived],
    )
    def patch(self, request: Request, comment_id: int) -> Response:
        """Who resolved it, and when, is kept."""
        body = parse(CommentChange, request.data)
        row = Comment.objects.visible_to(self.actor).select_related("user").get_active(pk=comment_id)
        row.resolved_at = timezone.now() if body.is_resolved else None
        row.resolved_by_id = self.actor.user_id if body.is_resolved else None
        row.save(update_fields=["resolved_at", "resolved_by"])
        record(actor=self.actor, action="comment.resolved" if body.is_resolved else "comment.reopened", subject=row)
        return Response(_comment_out(row))
