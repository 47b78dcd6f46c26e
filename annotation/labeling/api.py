"""Routes of projects' queues. The three hot ones call `queue` and nothing else."""

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
from annotation.labeling.models import Task
from annotation.labeling.schemas import (
    AnswerIn,
    AnswerOut,
    DraftIn,
    DraftOut,
    ImportOut,
    LeaseIn,
    MineOut,
    Number,
    OrderOut,
    RenewIn,
    SkipIn,
    TaskOut,
    Tasks,
)
from annotation.projects.models import Project
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.audit.services import note_seen
from plateau.datalake import imported
from plateau.datalake.api import UPLOAD, file_response
from plateau.datalake.models import Item
from plateau.http.errors import Conflict, Invalid, NotFound, ProjectArchived
from plateau.http.openapi import document
from plateau.http.query import QueryModel, parse_query
from plateau.http.rendering import OrjsonParser
from plateau.http.validation import parse

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
IDEMPOTENCY = {"Idempotency-Key": "A UUID made by the client; the same key again gives the same answer once"}


class NextQuery(QueryModel):
    """What else the answer brings."""

    next: Literal[0, 1] = Field(default=0, description="1: lease the next task in the same round trip")


def _wants_next(request: Request) -> bool:
    return parse_query(NextQuery, request).next == 1


class QueueNext(Endpoint):
    """The head of the queue."""

    scopes: ClassVar = {"POST": Scope.LABELS_WRITE}

    @document(summary="Lease the next tasks", body=LeaseIn, out=Tasks, refusals=[NotFound, ProjectArchived])
    def post(self, request: Request, project_id: int) -> Response:
        """An empty list where nothing is left."""
        given = parse(LeaseIn, request.data)
        found = queue.lease_next(actor=self.actor, project_id=project_id, count=given.count, resume=given.resume)
        return Response({"tasks": found.tasks, "halt": found.halt})


class QueueRelease(Endpoint):
    """Going home."""

    scopes: ClassVar = {"POST": Scope.LABELS_WRITE}

    @document(summary="Give back the tasks that I hold", out=Number, refusals=[NotFound])
    def post(self, request: Request, project_id: int) -> Response:
        """Give them back."""
        project = Project.objects.visible_to(self.actor).one(pk=project_id)
        return Response(Number(number=services.release(actor=self.actor, project=project)))


class QueueRenew(Endpoint):
    """Staying longer."""

    scopes: ClassVar = {"POST": Scope.LABELS_WRITE}

    @document(summary="Hold my tasks for longer", body=RenewIn, out=Number)
    def post(self, request: Request) -> Response:
        """How many are still mine."""
        given = parse(RenewIn, request.data)
        return Response(
            Number(number=services.renew(actor=self.actor, task_ids=given.tasks, seconds=settings.LEASE_SECONDS))
        )


class QueueReopen(Endpoint):
    """Skipped tasks."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_WRITE}

    @document(summary="Put skipped tasks back into the queue", out=Number, refusals=[NotFound, ProjectArchived])
    def post(self, request: Request, project_id: int) -> Response:
        """Put them back."""
        project = Project.objects.visible_to(self.actor).active(pk=project_id)
        return Response(Number(number=services.reopen_skipped(actor=self.actor, project=project)))


class QueueOrder(Endpoint):
    """The queue's order."""

    scopes: ClassVar = {"POST": Scope.PROJECTS_WRITE}

    @document(summary="Order the queue anew by what is labeled now", out=OrderOut, refusals=[NotFound, ProjectArchived])
    def post(self, request: Request, project_id: int) -> Response:
        """A query strategy is run by a worker: its job is in the answer."""
        project = Project.objects.visible_to(self.actor).active(pk=project_id)
        job = services.reorder(actor=self.actor, project=project)
        return Response(OrderOut(order=project.order, job_id=job.pk if job else None))


class QueueMine(Endpoint):
    """What I answered last."""

    scopes: ClassVar = {"GET": Scope.LABELS_WRITE}

    @document(summary="My last 50 answers, newest first", out=MineOut, refusals=[NotFound])
    def get(self, request: Request, project_id: int) -> Response:
        """Ids, and how many in all."""
        project = Project.objects.visible_to(self.actor).one(pk=project_id)
        return Response(services.mine(actor=self.actor, project=project))


class TaskDetail(Endpoint):
    """One task."""

    scopes: ClassVar = {"GET": Scope.LABELS_WRITE}

    @document(summary="A task with its answer and my draft", out=TaskOut, refusals=[NotFound])
    def get(self, request: Request, task_id: int) -> Response:
        """The task."""
        return Response(queue.task_of(actor=self.actor, task_id=task_id))


def idempotency_key(request: Request) -> uuid.UUID:
    """The client's key, or a fresh one.

    Raises:
        Invalid: it is no UUID.
    """
    text = request.headers.get("Idempotency-Key", "")
    if not text:
        return uuid.uuid4()
    if not _UUID.fullmatch(text):  # `uuid.UUID` takes braces, a prefix and missing hyphens as well
        message = "must be a UUID such as 7d444840-9dc0-11d1-b245-5ffdce74fad2"
        raise Invalid(f"Idempotency-Key: {message}", [{"field": "Idempotency-Key", "message": message}])
    return uuid.UUID(text)


class TaskAnnotations(Endpoint):
    """Answers to a task."""

    scopes: ClassVar = {"POST": Scope.LABELS_WRITE}

    @document(
        summary="Submit an answer, and with `?next=1` lease the next task in the same round trip",
        body=AnswerIn,
        out=AnswerOut,
        status=201,
        query=NextQuery,
        headers=IDEMPOTENCY,
        refusals=[NotFound, queue.LeaseLost, queue.KeyReused, queue.AnsweredElsewhere, ProjectArchived],
    )
    def post(self, request: Request, task_id: int) -> Response:
        """Take the answer."""
        given = parse(AnswerIn, request.data)
        taken = queue.submit(
            actor=self.actor,
            task_id=task_id,
            value=given.value,
            client_id=idempotency_key(request),
            active_ms=given.active_ms,
            prelabel_shown=given.prelabel_shown,
            following=_wants_next(request),
            sees=given.sees,
        )
        body = {
            "id": taken.id,
            "task_id": task_id,
            "value": taken.value,
            "repeated": taken.repeated,
            "next": taken.following.tasks,
            "halt": taken.following.halt,
            "lesson": taken.lesson,
        }
        return Response(body, status=201)


class TaskSkip(Endpoint):
    """Setting a task aside."""

    scopes: ClassVar = {"POST": Scope.LABELS_WRITE}

    @document(
        summary="Skip a task with a reason",
        body=SkipIn,
        out=Tasks,
        query=NextQuery,
        refusals=[NotFound, queue.LeaseLost, ProjectArchived],
    )
    def post(self, request: Request, task_id: int) -> Response:
        """Set it aside."""
        given = parse(SkipIn, request.data)
        found = queue.skip(actor=self.actor, task_id=task_id, reason=given.reason, following=_wants_next(request))
        return Response({"tasks": found.tasks, "halt": found.halt})


class TaskDraft(Endpoint):
    """Unfinished work."""

    scopes: ClassVar = {"PUT": Scope.LABELS_WRITE}

    @document(summary="Autosave", body=DraftIn, out=DraftOut, refusals=[NotFound, Conflict, ProjectArchived])
    def put(self, request: Request, task_id: int) -> Response:
        """Keep it, unless a newer revision is there."""
        given = parse(DraftIn, request.data)
        task = Task.objects.visible_to(self.actor).active(pk=task_id)
        kept = services.save_draft(actor=self.actor, task=task, value=given.value, revision=given.revision)
        return Response(DraftOut(kept=kept))


class LinesParser(BaseParser):
    """Leaves a JSONL body as it is, to be read line by line."""

    media_type = "application/x-ndjson"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The bytes."""
        return stream.read()


class TaskImport(Endpoint):
    """Tasks from a list of addresses, or from files."""

    scopes: ClassVar = {"POST": Scope.DATA_WRITE}
    parser_classes = (LinesParser, MultiPartParser, OrjsonParser)

    @document(
        summary='Import tasks: JSONL of {"uri": …}, {"text": …} or {"row": {…}}, or files',
        body={"application/x-ndjson": {"type": "string"}, **UPLOAD},
        out=ImportOut,
        status=201,
        refusals=[NotFound, Conflict, ProjectArchived],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """All lines or none; files go through a worker, whose job is in the answer."""
        project = Project.objects.visible_to(self.actor).select_related("dataset").active(pk=project_id)
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
        raise Invalid(message, [{"field": "body", "message": message}])


class ItemContent(Endpoint):
    """The picture of an item whatever it is: asset, storage path or address."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ}

    @document(summary="The item's picture", out=bytes, refusals=[NotFound], media="image/*")
    def get(self, request: Request, item_id: int) -> HttpResponseBase:
        """Its bytes, or where they are."""
        rows = Item.objects.visible_to(self.actor).select_related("asset", "dataset__organization")
        item = rows.one(pk=item_id)
        if item.asset is not None:
            note_seen(actor=self.actor, asset_id=item.asset.pk)
            return file_response(item.asset.display_key, item.asset.display_type)
        if not item.uri.startswith(imported.SCHEME):
            return HttpResponseRedirect(item.uri)
        key = imported.existing_key_of(slug=item.dataset.organization.slug, uri=item.uri)
        return file_response(key, "application/octet-stream")
