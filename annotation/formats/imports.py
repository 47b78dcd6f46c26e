"""Labels out of files: everything is checked first, then all of it is written, or nothing."""

import hashlib
import shutil
import tempfile
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from annotation.formats.base import BadFormat, Format, Found, Head, Known, Source, parcels
from annotation.formats.catalog import FORMATS, format_for
from annotation.formats.job_kinds import IMPORT_LABELS, Importer, ImportPayload
from annotation.formats.mapping import add_labels, by_label, fitted
from annotation.labeling.memberships import record_state_changes
from annotation.labeling.models import Annotation, PreAnnotation, Task, TaskState
from annotation.labeling.models import Source as AnswerSource
from annotation.projects import services as projects
from annotation.projects.models import Project
from annotation.projects.queries import checked_value, current_schema
from labelkit.annotations import ANNOTATION_TYPES, AnnotationType, Schema, SchemaIn
from labelkit.geometries import Frame
from labelkit.pictures import stated_size
from labelkit.validation import InvalidValue
from plateau.access.scopes import Actor, system_actor
from plateau.audit.services import record
from plateau.datalake.models import Item
from plateau.http.errors import InvalidInput
from plateau.identity.models import Membership
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running
from plateau.jobs.models import Job

MAX_ERRORS = 50
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".JPG", ".JPEG", ".PNG")


@dataclass
class Report:
    """What an import did, and what the format held that could not be taken."""

    answers: int = 0
    tasks: int = 0
    already_labeled: int = 0
    unlabeled: int = 0
    dropped: int = 0
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Keep the first fifty."""
        self.dropped += 1
        if len(self.notes) < MAX_ERRORS:
            self.notes.append(text)


def order_import(
    *, actor: Actor, project: Project, format_key: str, file: Any, prelabels: str = "", hidden_share: float = 0.0
) -> Job:
    """Keep the file and let a worker read it. With `prelabels`, a model's name: as proposals, not as answers.

    `hidden_share` of the proposals is kept back as a control, to see what proposals do to answers.

    Raises:
        InvalidInput: unknown format, or one that cannot hold the kind.
    """
    format_for(format_key, project.kind)
    key = default_storage.save(f"staging/labels/{actor.organization_id}/{uuid.uuid4().hex}", file)
    order = ImportPayload(
        project_id=project.pk,
        format=format_key,
        key=key,
        prelabels=prelabels,
        hidden_share=hidden_share,
        actor=Importer(user_id=actor.user_id, organization_id=actor.organization_id),
    )
    return jobs.submit(IMPORT_LABELS, order, actor=actor, project_id=project.pk)


def run_import(running: Running[ImportPayload]) -> dict[str, Any]:
    """Handler of job kind `import_labels`."""
    order = running.payload
    project = Project.objects.get(pk=order.project_id)
    actor = system_actor(order.actor.organization_id, order.actor.user_id)
    with tempfile.TemporaryFile() as local:
        with default_storage.open(order.key) as stored:
            shutil.copyfileobj(stored, local)
        running.report(done=0, total=2, message="checking")
        report = import_labels(
            actor=actor,
            project=project,
            fmt=FORMATS[order.format],
            file=local,
            prelabels=order.prelabels,
            hidden_share=order.hidden_share,
            between=lambda: running.report(done=1, total=2, message="writing"),
        )
    default_storage.delete(order.key)
    running.report(done=2, total=2, message="")
    return report.__dict__


def import_labels(
    *,
    actor: Actor,
    project: Project,
    fmt: Format,
    file: Any,
    prelabels: str = "",
    hidden_share: float = 0.0,
    between: Any = None,
) -> Report:
    """Take the labels of a file over. Tasks that have an answer already are left as they are.

    Raises:
        InvalidInput: with up to 50 places that are wrong; nothing was written.
    """
    source = Source(file, project.kind, current_schema(project).labels, partial(_known, project))
    missing = _check(project, fmt, source)
    if between is not None:
        between()
    with transaction.atomic():
        project = Project.objects.select_for_update().get(pk=project.pk)
        if missing:
            _add_labels(actor, project, missing, fmt.declared(source))
        report = _write(actor, project, fmt, source, (prelabels, hidden_share))
        record(actor=actor, action="labels.imported", subject=project, format=fmt.key, answers=report.answers)
    return report


def places_of(key: str) -> tuple[str, ...]:
    """Where a picture may lie that a tool names `key`: the folder before it may be missing or too much."""
    return (key, f"images/{key}", key.rsplit("/", 1)[-1])


def _known(project: Project, stems: Sequence[str]) -> dict[str, Known]:
    """Items by their names without ending."""
    wanted: dict[str, str] = {}
    for key in stems:
        for place in reversed(places_of(key)):
            wanted |= {place + ending: key for ending in ENDINGS}
    rows = Item.objects.filter(dataset_id=project.dataset_id, name__in=wanted).select_related("asset")
    found: dict[str, Known] = {}
    for row in rows.order_by("-pk"):
        key = wanted[row.name]
        exact = row.name.rsplit(".", 1)[0] == key
        if exact or key not in found:
            found[key] = Known(row.name, *(row.known_size or (None, None)))
    return found


def _key_of(found: Found) -> tuple[str, str]:
    if found.text:
        return "uri", f"text:{hashlib.sha256(found.text.encode()).hexdigest()}"
    return "name", found.name


def _tasks_of(project: Project, batch: list[Found]) -> dict[tuple[str, str], Task]:
    keys = {_key_of(found) for found in batch} | {("uri", found.uri) for found in batch if found.uri}
    names = [value for column, value in keys if column == "name"]
    uris = [value for column, value in keys if column == "uri"]
    rows = Task.objects.filter(project=project, item__dataset_id=project.dataset_id)
    rows = rows.filter(Q(item__name__in=names) | Q(item__uri__in=uris)).select_related("item__asset")
    made: dict[tuple[str, str], Task] = {}
    for row in rows.order_by("-pk"):
        made["name", row.item.name] = row
        if row.item.uri:
            made["uri", row.item.uri] = row
    return made


def _task_of(tasks: dict[tuple[str, str], Task], found: Found) -> Task | None:
    return tasks.get(("uri", found.uri)) or tasks.get(_key_of(found))


def _check(project: Project, fmt: Format, source: Source) -> dict[str, set[str]]:
    """Everything once through: returns labels that are not there yet, with their shapes.

    Raises:
        InvalidInput: with up to 50 places.
    """
    ids, missing, errors, seen = by_label(source.labels), dict[str, set[str]](), [], 0
    sizes, kind = _Sizes(fmt, source.annotation_type), source.annotation_type
    try:
        for batch in parcels(fmt.founds(source)):
            tasks = _tasks_of(project, batch)
            for found in batch:
                seen += 1
                for name, shape in kind.labels_used(found.value or {}):
                    if name not in ids:
                        missing.setdefault(str(name), set()).add(shape)
                if problem := _problem(project, found, _task_of(tasks, found), ids, sizes):
                    errors.append({"field": found.place, "message": problem})
                if len(errors) >= MAX_ERRORS:
                    raise InvalidInput(f"{errors[0]['field']}: {errors[0]['message']}; nothing was imported.", errors)
    except (BadFormat, UnicodeDecodeError) as error:
        raise InvalidInput(f"{error}; nothing was imported.", [{"field": "file", "message": str(error)}]) from error
    if errors:
        raise InvalidInput(f"{errors[0]['field']}: {errors[0]['message']}; nothing was imported.", errors)
    if not seen:
        raise InvalidInput(
            "The file has no items; nothing was imported.", [{"field": "file", "message": "has no items"}]
        )
    return missing


class _Sizes:
    """Sizes that a file states, held against those that are known; the first one stated is kept where none is."""

    def __init__(self, fmt: Format, kind: AnnotationType) -> None:
        self._fmt, self._kind = fmt, kind
        self._stated: dict[int, tuple[int, int]] = {}

    def fit(self, task: Task, found: Found) -> tuple[dict[str, Any], Frame]:
        """The answer in pixels of the picture, and the frame that it must lie in.

        Raises:
            ValueError: the file states another size, by which its places cannot be read.
        """
        value, item = found.value or {}, task.item
        said = None if item.text else stated_size(found.width, found.height)
        known = item.known_size or (self._stated.setdefault(item.pk, said) if said else self._stated.get(item.pk))
        if said and known and said != known and self._kind.lies_in_pixels(value):
            if not self._fmt.relative:
                raise ValueError(
                    f"the file states {said[0]} × {said[1]} pixels for {item.name!r}, which has "
                    f"{known[0]} × {known[1]}: its places would be wrong. Export it for pictures of this size, or "
                    "upload the pictures that it is for"
                )
            value = self._kind.scale(value, known[0] / said[0], known[1] / said[1])
        width, height = known or (None, None)
        return value, Frame(width, height, len(item.text) or None)

    def keep(self, tasks: Iterable[Task]) -> None:
        """Write what was stated for items of which no size is known."""
        fresh = []
        for item in {task.item_id: task.item for task in tasks}.values():
            if item.known_size is None and item.pk in self._stated:
                item.width, item.height = self._stated[item.pk]
                fresh.append(item)
        Item.objects.bulk_update(fresh, ["width", "height"], batch_size=1000)


def _problem(project: Project, found: Found, task: Task | None, ids: dict[str, str], sizes: _Sizes) -> str:
    if task is None:
        return f"there is no item {found.name or found.text[:40]!r} in this project's dataset"
    try:
        value, frame = sizes.fit(task, found)
    except (ValueError, TypeError, KeyError) as error:
        return str(error)
    if found.value is None:
        return ""
    kind = ANNOTATION_TYPES[project.kind]
    value = kind.relabel(value, ids)
    names = {name: {"id": name, "name": name} for name, _ in kind.labels_used(value) if name}
    wanted = {one["id"]: {**one, "required": False} for one in current_attributes(project)}
    schema = Schema(0, names, wanted)
    try:
        kind.validate(fitted(kind, value, wanted, lambda text: None, ""), schema=schema, frame=frame)
    except InvalidValue as error:
        return error.detail
    except (ValueError, TypeError, KeyError) as error:
        return f"{type(error).__name__} {error}"
    return ""


def current_attributes(project: Project) -> list[dict[str, Any]]:
    """Attributes in force."""
    attributes: list[dict[str, Any]] = current_schema(project).attributes
    return attributes


def _add_labels(actor: Actor, project: Project, missing: dict[str, set[str]], head: Head) -> None:
    """The next version of the labels, with those that the file brings."""
    schema = current_schema(project)
    labels = [dict(one) for one in schema.labels]
    add_labels(labels, missing, project.kind, head)
    projects.change_schema(
        actor=actor,
        project=project,
        schema=SchemaIn.model_validate({"labels": labels, "attributes": schema.attributes}),
        used=set(),
    )
    project.refresh_from_db()


def _write(actor: Actor, project: Project, fmt: Format, source: Source, prelabels: tuple[str, float]) -> Report:
    kind = source.annotation_type
    report, schema, sizes = Report(), current_schema(project), _Sizes(fmt, kind)
    ids = by_label(schema.labels)
    attributes = {one["id"]: one for one in schema.attributes}
    people = dict(Membership.objects.visible_to(actor).values_list("user__email", "user_id"))
    for batch in parcels(fmt.founds(source)):
        tasks = _tasks_of(project, batch)
        made: list[tuple[Task, list[Annotation]]] = []
        for _, several in groupby(batch, key=lambda found: (_key_of(found), found.uri)):
            founds = list(several)
            task = _task_of(tasks, founds[0])
            rows = []
            for found in founds:
                for text in found.dropped:
                    report.note(f"{found.place}: {text}")
                if task is None:
                    report.unlabeled += 1
                    continue
                value, frame = sizes.fit(task, found)
                if found.value is None:
                    report.unlabeled += 1
                    continue
                value = fitted(kind, kind.relabel(value, ids), attributes, report.note, found.place)
                lenient = {key: {**one, "required": False} for key, one in attributes.items()}
                checked = checked_value(
                    project.kind, value, schema=Schema.of(0, schema.labels, list(lenient.values())), frame=frame
                )
                rows.append(_annotation(project, task, checked, people.get(found.annotator)))
            if task is not None and rows:
                made.append((task, rows))
        _put(project, made, prelabels, report)
        sizes.keep(tasks.values())
    return report


def _annotation(project: Project, task: Task, value: dict[str, Any], user_id: int | None) -> Annotation:
    return Annotation(
        project=project,
        task=task,
        user_id=user_id,
        client_id=uuid.uuid4(),
        source=AnswerSource.IMPORTED if user_id is None else AnswerSource.PERSON,
        value=value,
        schema_version=project.schema_version,
        guideline_version=project.guideline_version,
    )


def _put(
    project: Project, made: list[tuple[Task, list[Annotation]]], prelabels: tuple[str, float], report: Report
) -> None:
    fresh = [(task, rows) for task, rows in made if task.state == TaskState.OPEN and task.annotation_count == 0]
    report.already_labeled += len(made) - len(fresh)
    report.tasks += len(fresh)
    report.answers += sum(len(rows) for _, rows in fresh)
    model, hidden = prelabels
    if model:
        PreAnnotation.objects.bulk_create(
            [
                PreAnnotation(
                    task=task,
                    value=rows[-1].value,
                    model=model,
                    is_hidden=task.shuffle // 100 % 10_000 < hidden * 10_000,
                )
                for task, rows in fresh
            ],
            update_conflicts=True,
            unique_fields=["task"],
            update_fields=["value", "model", "is_hidden"],
        )
        return
    Annotation.objects.bulk_create([row for _, rows in fresh for row in rows])
    kind = ANNOTATION_TYPES[project.kind]
    merged = []
    for task, rows in fresh:
        task.annotation, task.state, task.available_slots = rows[-1], TaskState.DONE, 0
        task.annotation_count = task.required_annotations = len(rows)
        if len(rows) > 1:
            value, confidence = kind.find_consensus([row.value for row in rows])
            same = next((row for row in rows if row.value == value), None)
            consensus = same or _annotation(project, task, value, None)
            if same is None:
                consensus.source, consensus.confidence = AnswerSource.CONSENSUS, confidence
                merged.append(consensus)
            task.annotation = consensus
            pairs = [kind.similarity(a.value, b.value) for i, a in enumerate(rows) for b in rows[:i]]
            task.agreement = sum(pairs) / len(pairs)
    Annotation.objects.bulk_create(merged)
    fields = ["annotation", "state", "available_slots", "annotation_count", "required_annotations", "agreement"]
    for task, _ in fresh:
        task.annotation_id = task.annotation.pk if task.annotation else None
    Task.objects.bulk_update([task for task, _ in fresh], fields, batch_size=500)
    record_state_changes(project_id=project.pk, user_id=None, changes={"open": -len(fresh), "done": len(fresh)})
