"""Endpoints of projects' queues. The three hot ones call `queue` and nothing else."""

import re
import uuid
from typing import Any, ClassVar, Literal

import orjson
from django.conf import settings
from django.http import HttpResponseBase, HttpResponseRedirect
from pydantic import Field
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.labeling import imports, queue, services
from annotation.labeling.errors import (
    AnnotatedElsewhere,
    IdempotencyKeyReused,
    LabelingBlocked,
    TaskLeased,
    TaskLeaseLost,
    TooManyDrafts,
)
from annotation.labeling.models import Task
from annotation.labeling.schemas import (
    AffectedCount,
    AnnotationIn,
    AnnotationOut,
    DraftIn,
    DraftSaved,
    LeasedTasks,
    LeaseIn,
    OwnMembershipOut,
    QueueOrderOut,
    RenewIn,
    SkipIn,
    TaskImportOut,
    TaskOut,
)
from annotation.projects.models import Project
from labelkit.messages import in_field
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.audit.services import record_asset_access, record_item_accesses
from plateau.datalake import imported
from plateau.datalake.api import UPLOAD, file_response
from plateau.datalake.models import Item
from plateau.http.errors import Conflict, InvalidInput, NotFound, ProjectArchived
from plateau.http.openapi import document
from plateau.http.query import QueryModel, parse_query
from plateau.http.rendering import MAX_ANNOTATION_BYTES, OrjsonParser, read_body
from plateau.http.validation import parse

MAX_LIST_BYTES = 64 * 1024 * 1024  # of a list of items in a body; longer ones come as files
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
IDEMPOTENCY = {"Idempotency-Key": "A UUID made by the client; a request with the same key again changes nothing"}


class NextQuery(QueryModel):
    """What else the response brings."""

    next: Literal[0, 1] = Field(default=0, description="1: lease the next task in the same round trip")


def _wants_next(request: Request) -> bool:
    return parse_query(NextQuery, request).next == 1


class QueueNext(Endpoint):
    """The head of the queue."""

    scopes: ClassVar = {"POST": Scope.LABELS_WRITE}
    unrecorded: ClassVar = {"POST": "a lease of minutes; the annotation is what counts"}

    @document(summary="Lease the next tasks", body=LeaseIn, out=LeasedTasks, errors=[NotFound, ProjectArchived])
    def post(self, request: Request, project_id: int) -> Response:
        """An empty list where nothing is left."""
        body = parse(LeaseIn, request.data)
        dispatch = queue.lease_next_tasks(actor=self.actor, project_id=project_id, count=body.count, resume=body.resume)
        return Response({"tasks": dispatch.tasks, "blocked_reason": dispatch.blocked_reason})


class QueueRelease(Endpoint):
    """The caller's leases in a project."""

    scopes: ClassVar = {"POST": Scope.LABELS_WRITE}
    unrecorded: ClassVar = {"POST": "a lease of minutes; the annotation is what counts"}

    @document(summary="Release the tasks that the caller holds", out=AffectedCount, errors=[NotFound])
    def post(self, request: Request, project_id: int) -> Response:
        """Others may have them at once."""
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        return Response(AffectedCount(count=services.release_leases(actor=self.actor, project=project)))


class LeaseRenew(Endpoint):
    """The caller's leases."""

    scopes: ClassVar = {"POST": Scope.LABELS_WRITE}
    unrecorded: ClassVar = {"POST": "a lease of minutes; the annotation is what counts"}

    @document(summary="Hold leased tasks for longer", body=RenewIn, out=AffectedCount)
    def post(self, request: Request) -> Response:
        """How many the caller still holds."""
        body = parse(RenewIn, request.data)
        renewed = services.renew_leases(actor=self.actor, task_ids=body.task_ids, seconds=settings.LEASE_SECONDS)
        return Response(AffectedCount(count=renewed))


class QueueReopen(Endpoint):
    """Skipped tasks."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_WRITE}

    @document(summary="Put skipped tasks back into the queue", out=AffectedCount, errors=[NotFound, ProjectArchived])
    def post(self, request: Request, project_id: int) -> Response:
        """Their skips are forgotten."""
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        return Response(AffectedCount(count=services.reopen_skipped_tasks(actor=self.actor, project=project)))


class QueueReorder(Endpoint):
    """The queue's order."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_WRITE}

    @document(summary="Reorder the queue by what is labeled now", out=QueueOrderOut, errors=[NotFound, ProjectArchived])
    def post(self, request: Request, project_id: int) -> Response:
        """A query strategy is run by a worker: its job is in the response."""
        project = Project.objects.visible_to(self.actor).get_active(pk=project_id)
        job = services.reorder_queue(actor=self.actor, project=project)
        return Response(QueueOrderOut(order=project.order, job_id=job.pk if job else None))


class OwnMembership(Endpoint):
    """The caller's membership in a project."""

    scopes: ClassVar = {"GET": Scope.LABELS_WRITE}

    @document(summary="The caller's work in a project, and their last tasks", out=OwnMembershipOut, errors=[NotFound])
    def get(self, request: Request, project_id: int) -> Response:
        """Counts of all time and of today (UTC)."""
        project = Project.objects.visible_to(self.actor).get_or_404(pk=project_id)
        return Response(services.get_own_membership(actor=self.actor, project=project))


class TaskLease(Endpoint):
    """The caller's lease of one task."""

    scopes: ClassVar = {"POST": Scope.LABELS_WRITE}
    unrecorded: ClassVar = {"POST": "a lease of minutes; the annotation is what counts"}

    @document(
        summary="Lease this task: one that is assigned to the caller, or any to who reviews",
        out=TaskOut,
        errors=[NotFound, TaskLeased, LabelingBlocked, ProjectArchived],
    )
    def post(self, request: Request, task_id: int) -> Response:
        """The task; as it is where the caller holds or annotated it."""
        return Response(queue.lease_task(actor=self.actor, task_id=task_id))


class TaskDetail(Endpoint):
    """One task."""

    scopes: ClassVar = {"GET": Scope.LABELS_WRITE}

    @document(summary="A task with its annotation and the caller's draft", out=TaskOut, errors=[NotFound])
    def get(self, request: Request, task_id: int) -> Response:
        """The task."""
        return Response(queue.get_task(actor=self.actor, task_id=task_id))


def idempotency_key(request: Request) -> uuid.UUID:
    """The client's key, or a new one where it sent none.

    Raises:
        InvalidInput: it is no UUID.
    """
    text = request.META.get("HTTP_IDEMPOTENCY_KEY", "")  # `headers` would read all of them
    if not text:
        return uuid.uuid4()
    if not _UUID.fullmatch(text):  # `uuid.UUID` takes braces, a prefix and missing hyphens as well
        message = "must be a UUID such as 7d444840-9dc0-11d1-b245-5ffdce74fad2"
        raise InvalidInput(in_field("Idempotency-Key", message), [{"field": "Idempotency-Key", "message": message}])
    return uuid.UUID(text)


class TaskAnnotations(Endpoint):
    """Annotations of a task."""

    scopes: ClassVar = {"POST": Scope.LABELS_WRITE}
    unrecorded: ClassVar = {"POST": "the annotation itself says who and when, and is never changed"}
    max_body_bytes = MAX_ANNOTATION_BYTES

    @document(
        summary="Submit an annotation, and with `?next=1` lease the next task in the same round trip",
        body=AnnotationIn,
        out=AnnotationOut,
        status=201,
        query=NextQuery,
        headers=IDEMPOTENCY,
        errors=[NotFound, TaskLeaseLost, LabelingBlocked, IdempotencyKeyReused, AnnotatedElsewhere, ProjectArchived],
    )
    def post(self, request: Request, task_id: int) -> Response:
        """Saved once for each idempotency key."""
        body = parse(AnnotationIn, request.data)
        annotation = queue.submit_annotation(
            actor=self.actor,
            task_id=task_id,
            value=body.value,
            client_id=idempotency_key(request),
            active_ms=body.active_ms,
            pre_annotation_shown=body.pre_annotation_shown,
            lease_next=_wants_next(request),
            parent_annotation_id=body.parent_annotation_id,
        )
        payload = {
            "id": annotation.id,
            "task_id": task_id,
            "value": annotation.value,
            "is_replayed": annotation.is_replayed,
            "next_tasks": annotation.next_dispatch.tasks,
            "blocked_reason": annotation.next_dispatch.blocked_reason,
            "feedback": annotation.feedback,
        }
        return Response(payload, status=201)


class TaskSkip(Endpoint):
    """The caller's skip of a task."""

    scopes: ClassVar = {"POST": Scope.LABELS_WRITE, "DELETE": Scope.LABELS_WRITE}

    @document(
        summary="Skip a task with a reason",
        body=SkipIn,
        out=LeasedTasks,
        query=NextQuery,
        errors=[NotFound, TaskLeaseLost, LabelingBlocked, ProjectArchived],
    )
    def post(self, request: Request, task_id: int) -> Response:
        """Asked again, it stays one skip."""
        body = parse(SkipIn, request.data)
        dispatch = queue.skip_task(
            actor=self.actor, task_id=task_id, reason=body.reason, lease_next=_wants_next(request)
        )
        return Response({"tasks": dispatch.tasks, "blocked_reason": dispatch.blocked_reason})

    @document(
        summary="Take the caller's skip back",
        out=TaskOut,
        errors=[NotFound, TaskLeaseLost, LabelingBlocked, ProjectArchived],
    )
    def delete(self, request: Request, task_id: int) -> Response:
        """The task, leased to the caller again."""
        return Response(queue.undo_skip(actor=self.actor, task_id=task_id))


class TaskDraft(Endpoint):
    """Unfinished work."""

    scopes: ClassVar = {"PUT": Scope.LABELS_WRITE}
    unrecorded: ClassVar = {"PUT": "a draft of one's own"}
    max_body_bytes = MAX_ANNOTATION_BYTES

    @document(
        summary="Autosave",
        body=DraftIn,
        out=DraftSaved,
        errors=[NotFound, TaskLeased, TooManyDrafts, ProjectArchived],
    )
    def put(self, request: Request, task_id: int) -> Response:
        """Saved, unless a newer revision is there."""
        body = parse(DraftIn, request.data)
        task = Task.objects.visible_to(self.actor).get_active(pk=task_id)
        is_saved = services.save_draft(actor=self.actor, task=task, value=body.value, revision=body.revision)
        return Response(DraftSaved(is_saved=is_saved))


class LinesParser(BaseParser):
    """Leaves a JSONL body as it is, to be read line by line."""

    media_type = "application/x-ndjson"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The bytes.

        Raises:
            ContentTooLarge: there are more than the view takes.
        """
        return read_body(stream, parser_context)


class TaskImport(Endpoint):
    """Tasks from a list of addresses, or from files."""

    scopes: ClassVar = {"POST": Scope.DATA_WRITE}
    parser_classes = (LinesParser, MultiPartParser, OrjsonParser)
    max_body_bytes = MAX_LIST_BYTES

    @document(
        summary='Import tasks: JSONL of {"uri": …}, {"text": …} or {"row": {…}}, or files',
        body={"application/x-ndjson": {"type": "string"}, **UPLOAD},
        out=TaskImportOut,
        status=201,
        errors=[NotFound, Conflict, ProjectArchived],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """All lines or none; files go through a worker, whose job is in the response."""
        project = Project.objects.visible_to(self.actor).select_related("dataset").get_active(pk=project_id)
        data: Any = request.data
        if isinstance(data, bytes):
            return Response(imports.import_lines(actor=self.actor, project=project, body=data), status=201)
        files = request.FILES.getlist("files")
        if files:
            return Response(imports.import_files(actor=self.actor, project=project, files=files), status=201)
        if isinstance(data, dict) and {"uri", "text", "row"} & data.keys():  # one line is JSON as well as JSONL
            body = orjson.dumps(data)
            return Response(imports.import_lines(actor=self.actor, project=project, body=body), status=201)
        message = "send JSONL as application/x-ndjson, or files in the form field `files`"
        raise InvalidInput(message, [{"field": "body", "message": message}])


class ItemContent(Endpoint):
    """The picture of an item whatever it is: asset, storage path or address."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ}

    @document(summary="The item's picture", out=bytes, errors=[NotFound], media="image/*")
    def get(self, request: Request, item_id: int) -> HttpResponseBase:
        """Its bytes, or a redirect to them."""
        rows = Item.objects.visible_to(self.actor).select_related("asset")
        item = rows.get_or_404(pk=item_id)
        if item.asset is not None:
            record_asset_access(actor=self.actor, asset_id=item.asset.pk)
            return file_response(item.asset.display_key, item.asset.display_type)
        organization_id, user_id = self.actor.organization_id, self.actor.user_id
        record_item_accesses(organization_id=organization_id, user_id=user_id, item_ids=[item.pk])
        if not item.uri.startswith(imported.SCHEME):
            return HttpResponseRedirect(item.uri)
        key = imported.existing_key_of(organization_id=self.actor.organization_id, uri=item.uri)
        return file_response(key, "application/octet-stream")
