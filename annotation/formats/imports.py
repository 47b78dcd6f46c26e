"""Import of labels: a file is checked as a whole, then all of it is written, or nothing."""

import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from annotation.formats.base import (
    BadFormat,
    DeclaredSchema,
    Format,
    ImportedItem,
    ImportSource,
    import_batches,
)
from annotation.formats.catalog import FORMATS, format_for
from annotation.formats.errors import InvalidLabelFile
from annotation.formats.item_names import ItemFinder, key_of
from annotation.formats.job_kinds import IMPORT_LABELS, Importer, ImportPayload
from annotation.formats.mapping import add_labels, by_label, fitted
from annotation.formats.reading import in_utf8
from annotation.labeling.memberships import record_state_changes
from annotation.labeling.models import Annotation, PreAnnotation, Task, TaskState
from annotation.labeling.models import Source as AnnotationSource
from annotation.projects import services as projects
from annotation.projects.models import Project
from annotation.projects.queries import checked_value, current_schema
from labelkit.annotations import AnnotationType, Schema, SchemaIn
from labelkit.annotations.parts import LabeledParts
from labelkit.geometries import Frame
from labelkit.messages import Message, as_message
from labelkit.pictures import stated_size
from labelkit.validation import InvalidValue
from labelkit.values import AttributeDefinition, LabelDefinition
from plateau.access.scopes import Actor, system_actor
from plateau.audit.services import record
from plateau.datalake.models import Item
from plateau.http.errors import APIError, InvalidInput
from plateau.identity.models import Membership
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running
from plateau.jobs.models import Job

MAX_ERRORS = 50


@dataclass
class ImportReport:
    """What an import did, and what the format held that could not be taken."""

    annotation_count: int = 0
    task_count: int = 0
    already_labeled_count: int = 0
    unlabeled_count: int = 0
    dropped_count: int = 0
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Count what could not be imported; the first fifty are named."""
        self.dropped_count += 1
        self.remark(text)

    def remark(self, text: str) -> None:
        """Say how something was read; the first fifty are kept, with what could not be imported."""
        if len(self.notes) < MAX_ERRORS:
            self.notes.append(text)


def submit_import(
    *,
    actor: Actor,
    project: Project,
    format_key: str,
    file: Any,
    pre_annotation_model: str = "",
    hidden_fraction: float = 0.0,
) -> Job:
    """Store the file for a worker to import.

    With `pre_annotation_model`, a model's name, its labels become pre-annotations instead of annotations; of these,
    `hidden_fraction` is shown to nobody, to measure what pre-annotations do to annotations.

    Raises:
        FormatNotSupported: there is no such format, or it cannot hold the kind.
    """
    format_for(format_key, project.project_type)
    key = default_storage.save(f"staging/labels/{actor.organization_id}/{uuid.uuid4().hex}", file)
    payload = ImportPayload(
        project_id=project.pk,
        format=format_key,
        key=key,
        pre_annotation_model=pre_annotation_model,
        hidden_fraction=hidden_fraction,
        actor=Importer(user_id=actor.user_id, organization_id=actor.organization_id),
    )
    return jobs.submit(IMPORT_LABELS, payload, actor=actor, project_id=project.pk)


def run_import(running: Running[ImportPayload]) -> dict[str, object]:
    """Handler of job kind `import_labels`."""
    payload = running.payload
    project = Project.objects.get(pk=payload.project_id)
    actor = system_actor(payload.actor.organization_id, payload.actor.user_id)
    with tempfile.TemporaryFile() as local_file:
        with default_storage.open(payload.key) as stored_file:
            shutil.copyfileobj(stored_file, local_file)
        running.report(done=0, total=2, message="checking")
        try:
            report = import_labels(
                actor=actor,
                project=project,
                fmt=FORMATS[payload.format],
                file=local_file,
                pre_annotation_model=payload.pre_annotation_model,
                hidden_fraction=payload.hidden_fraction,
                between=lambda: running.report(done=1, total=2, message="writing"),
            )
        except APIError:  # it will be refused again: nobody needs the file
            default_storage.delete(payload.key)
            raise
    default_storage.delete(payload.key)
    running.report(done=2, total=2, message="")
    return report.__dict__


def import_labels(
    *,
    actor: Actor,
    project: Project,
    fmt: Format,
    file: Any,
    pre_annotation_model: str = "",
    hidden_fraction: float = 0.0,
    between: Any = None,
) -> ImportReport:
    """Write the labels of a file. Tasks that are annotated already are left as they are.

    Raises:
        InvalidLabelFile: with up to 50 places that are wrong; nothing was written.
    """
    items, report = ItemFinder(project), ImportReport()
    try:
        file, charset = in_utf8(file)
    except (UnicodeDecodeError, LookupError) as error:
        raise InvalidLabelFile([{"field": "file", "message": str(error)}]) from error
    if charset not in ("utf-8", "utf-8-sig"):
        report.remark(f"the file was read as {charset}")
    source = ImportSource(file, project.kind, current_schema(project).labels, items.look_up)
    missing = _check(project, fmt, source, items)
    if between is not None:
        between()
    with transaction.atomic():
        project = Project.objects.select_for_update().get(pk=project.pk)
        if missing:
            _add_labels(actor, project, missing, fmt.checked_schema(source))
        source = replace(source, note=report.note)
        _write(actor, project, fmt, source, items, (pre_annotation_model, hidden_fraction), report)
        record(
            actor=actor, action="labels.imported", subject=project, format=fmt.key, annotations=report.annotation_count
        )
    return report


def _check(project: Project, fmt: Format, source: ImportSource, items: ItemFinder) -> dict[str, set[str]]:
    """Everything once through: returns labels that are not there yet, with their shapes.

    Raises:
        InvalidLabelFile: with up to 50 places.
    """
    ids, missing, errors, item_count = by_label(source.labels), dict[str, set[str]](), [], 0
    sizes = _Sizes(fmt, source.annotation_type)
    try:
        for batch in import_batches(fmt.checked_items(source)):
            items.load(batch)
            for item in batch:
                item_count += 1
                try:
                    used = _labels_of(project, item, items.task_of(item), ids, sizes)
                except ValueError as error:
                    errors.append({"field": item.location, "message": as_message(str(error))})
                    used = []
                for name, shape in used:
                    if name not in ids:
                        missing.setdefault(str(name), set()).add(shape)
                if len(errors) >= MAX_ERRORS:
                    raise InvalidLabelFile(errors)
    except (BadFormat, UnicodeDecodeError) as error:
        raise InvalidLabelFile([{"field": "file", "message": str(error)}]) from error
    if errors:
        raise InvalidLabelFile(errors)
    if not item_count:
        raise InvalidLabelFile([{"field": "file", "message": "The file has no items."}])
    return missing


class _Sizes:
    """Sizes that a file states, held against those that are known; the first one stated is kept where none is."""

    def __init__(self, fmt: Format, kind: AnnotationType) -> None:
        self._fmt, self._kind = fmt, kind
        self._stated: dict[int, tuple[int, int]] = {}

    def fit(self, task: Task, item: ImportedItem) -> tuple[dict[str, Any], Frame]:
        """The answer in pixels of the picture, and the frame that it must lie in.

        Raises:
            ValueError: the file states another size, by which its places cannot be read.
        """
        value, known_item = item.value or {}, task.item
        stated = None if known_item.text else stated_size(item.width, item.height)
        size = known_item.known_size or (
            self._stated.setdefault(known_item.pk, stated) if stated else self._stated.get(known_item.pk)
        )
        if stated and size and stated != size and self._kind.lies_in_pixels(value):
            if not self._fmt.has_relative_coordinates:
                raise ValueError(
                    Message(
                        "the file states {stated_width} × {stated_height} pixels for “{name}”, which has {width} "
                        "× {height}: positions would be wrong. Export it for images of this size, or "
                        "upload the matching images",
                        stated_width=stated[0],
                        stated_height=stated[1],
                        name=known_item.name,
                        width=size[0],
                        height=size[1],
                    )
                )
            value = self._kind.scale(value, size[0] / stated[0], size[1] / stated[1])
        width, height = size or (None, None)
        return value, Frame(width, height, len(known_item.text) or None)

    def keep(self, tasks: Iterable[Task]) -> None:
        """Write what was stated for items of which no size is known."""
        items = []
        for item in {task.item_id: task.item for task in tasks}.values():
            if item.known_size is None and item.pk in self._stated:
                item.width, item.height = self._stated[item.pk]
                items.append(item)
        Item.objects.bulk_update(items, ["width", "height"], batch_size=1000)


def _labels_of(
    project: Project, item: ImportedItem, task: Task | None, ids: dict[str, str], sizes: _Sizes
) -> list[tuple[str, str]]:
    """Labels, with their shapes, of what can be imported of an item.

    Raises:
        ValueError: nothing can: there is no such item, or its annotation does not fit as a whole.
    """
    if task is None:
        name = item.name or item.text[:40]
        raise ValueError(Message("the dataset of this project has no item “{item}”", item=name))
    kind = project.annotation_type
    try:
        value, frame = sizes.fit(task, item)
        if item.value is None:
            return []
        value = kind.relabel(value, ids)
        labels: dict[str, LabelDefinition] = {
            name: {"id": name, "name": name} for name, _ in kind.labels_used(value) if name
        }
        attributes: dict[str, AttributeDefinition] = {
            attribute["id"]: {**attribute, "required": False} for attribute in current_attributes(project)
        }
        schema = Schema(0, labels, attributes)
        fit = fitted(kind, value, attributes, lambda text: None, "")
        valid = _valid(kind, fit, lambda candidate: kind.validate(candidate, schema=schema, frame=frame), [])
    except InvalidValue as error:
        raise ValueError(error.detail) from error
    except (TypeError, KeyError) as error:
        raise ValueError(Message("unexpected value ({error})", error=error)) from error
    return list(kind.labels_used(valid))


def _valid(
    kind: AnnotationType, value: dict[str, Any], validate: Callable[[dict[str, Any]], Any], dropped: list[str]
) -> dict[str, Any]:
    """The annotation without those of its parts that no project takes, which are named in `dropped`.

    Raises:
        InvalidValue: it does not fit as a whole.
    """
    try:
        return dict(validate(value))
    except (InvalidValue, InvalidInput, ValueError, TypeError, KeyError):
        if not isinstance(kind, LabeledParts) or not value.get(kind.lists[0]):
            raise
        marks = kind.lists[0]
        nothing: dict[str, Any] = {name: [] for name in kind.lists}
        sound, faults = [], []
        for part in value[marks]:
            try:
                validate({**value, **nothing, marks: [part]})
                sound.append(part)
            except (InvalidValue, InvalidInput, ValueError, TypeError, KeyError) as error:
                errors = getattr(error, "errors", None) or getattr(error, "extra", {}).get("errors")
                problem = errors[0]["message"] if errors else error
                faults.append(f"{marks.removesuffix('s')} {part['id']} ({part['label']}): {problem}")
        if not faults:
            raise
        ids = {part["id"] for part in sound}
        relations = {
            name: [part for part in value.get(name, []) if {part.get("from"), part.get("to")} <= ids]
            for name in kind.lists[1:]
        }
        dropped += faults
        return dict(validate({**value, marks: sound, **relations}))


def current_attributes(project: Project) -> list[AttributeDefinition]:
    """Attributes in force."""
    attributes: list[AttributeDefinition] = current_schema(project).attributes
    return attributes


def _add_labels(actor: Actor, project: Project, missing: dict[str, set[str]], declared: DeclaredSchema) -> None:
    """The next version of the labels, with those that the file brings."""
    schema = current_schema(project)
    labels = [dict(label) for label in schema.labels]
    add_labels(labels, missing, project.annotation_type, declared)
    projects.change_schema(
        actor=actor,
        project=project,
        schema=SchemaIn.model_validate({"labels": labels, "attributes": schema.attributes}),
        used=set(),
    )
    project.refresh_from_db()


def _write(
    actor: Actor,
    project: Project,
    fmt: Format,
    source: ImportSource,
    items: ItemFinder,
    pre_annotations: tuple[str, float],
    report: ImportReport,
) -> None:
    kind = source.annotation_type
    schema, sizes = current_schema(project), _Sizes(fmt, kind)
    ids = by_label(schema.labels)
    attributes: dict[str, AttributeDefinition] = {attribute["id"]: attribute for attribute in schema.attributes}
    lenient: list[AttributeDefinition] = [{**attribute, "required": False} for attribute in attributes.values()]
    lenient_schema = Schema.of(0, schema.labels, lenient)
    people = dict(Membership.objects.visible_to(actor).values_list("user__email", "user_id"))
    for batch in import_batches(fmt.checked_items(source)):
        items.load(batch)
        annotated_tasks: list[tuple[Task, list[Annotation]]] = []
        for _, group in groupby(batch, key=lambda item: (key_of(item), item.uri)):
            rows: list[Annotation] = []
            task = None
            for item in group:
                try:
                    task = items.task_of(item)
                except ValueError as error:  # two names of the file mean one item
                    raise InvalidLabelFile([{"field": item.location, "message": as_message(str(error))}]) from error
                dropped = list(item.dropped)
                if task is not None and item.value is not None:
                    value, frame = sizes.fit(task, item)
                    value = fitted(kind, kind.relabel(value, ids), attributes, report.note, item.location)
                    validate = partial(checked_value, kind, schema=lenient_schema, frame=frame)
                    value = _valid(kind, value, validate, dropped)
                    if dropped and not any(True for _ in kind.labels_used(value)):
                        report.remark(f"{item.location}: “{task.item.name}” is left open: nothing of it was imported")
                        report.unlabeled_count += 1
                    else:
                        rows.append(_annotation(project, task, value, people.get(item.annotator)))
                else:
                    if task is not None:
                        sizes.fit(task, item)
                    report.unlabeled_count += 1
                for text in dropped:
                    report.note(f"{item.location}: {text}")
            if task is not None and rows:
                annotated_tasks.append((task, rows))
        _put(project, annotated_tasks, pre_annotations, report)
        sizes.keep(items.tasks)


def _annotation(project: Project, task: Task, value: Mapping[str, object], user_id: int | None) -> Annotation:
    return Annotation(
        project=project,
        task=task,
        user_id=user_id,
        client_id=uuid.uuid4(),
        source=AnnotationSource.IMPORTED if user_id is None else AnnotationSource.PERSON,
        value=value,
        schema_version=project.schema_version,
        guideline_version=project.guideline_version,
    )


def _put(
    project: Project,
    annotated_tasks: list[tuple[Task, list[Annotation]]],
    pre_annotations: tuple[str, float],
    report: ImportReport,
) -> None:
    fresh = [
        (task, rows) for task, rows in annotated_tasks if task.state == TaskState.OPEN and task.annotation_count == 0
    ]
    report.already_labeled_count += len(annotated_tasks) - len(fresh)
    report.task_count += len(fresh)
    report.annotation_count += sum(len(rows) for _, rows in fresh)
    model, hidden = pre_annotations
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
    kind = project.annotation_type
    merged = []
    for task, rows in fresh:
        task.annotation, task.state, task.available_slots = rows[-1], TaskState.DONE, 0
        task.annotation_count = task.required_annotations = len(rows)
        if len(rows) > 1:
            value, confidence = kind.find_consensus([row.value for row in rows])
            equal = next((row for row in rows if row.value == value), None)
            consensus = equal or _annotation(project, task, value, None)
            if equal is None:
                consensus.source, consensus.confidence = AnnotationSource.CONSENSUS, confidence
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
