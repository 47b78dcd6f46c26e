"""Small projects of every type on the product's sample data: labeled, reviewed, sent back, disputed and discussed.

What people get wrong is drawn with a fixed seed; which tasks are reviewed follows from the shuffle of the queue.
"""

import random
import time
import uuid
from typing import Any

from annotation.labeling import queue
from annotation.labeling.browse import BulkActionIn, apply_bulk_action
from annotation.labeling.models import Annotation, PreAnnotation, Task, TaskState
from annotation.labeling.queue.submitting import is_sampled_for_review
from annotation.labeling.services import apply_overlap, create_comment, sync_tasks
from annotation.projects import services as projects
from annotation.projects.models import Project
from annotation.projects.queries import queue_settings_of
from annotation.quality.models import Review, Verdict
from annotation.quality.review import submit_review
from annotation.samples.catalog import Sample
from annotation.samples.services import import_sample
from plateau.access.scopes import Actor, Scope
from plateau.datalake import services as datalake
from plateau.datalake.models import IngestBatch
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running
from plateau.jobs.models import JobState
from workers.demo.people import actor

LABELED = 0.7  # of a project's items; the rest is left to try
REVIEWED = 0.5
OVERLAP = 0.35
MODEL = "first-draft/1"


def project_of(sample: Sample) -> Project:
    """The project on this sample data, with a task for each item."""
    manager = actor(Scope.PROJECTS_WRITE)
    project = Project.objects.visible_to(manager).filter(name=sample.name).first()
    if project is None:
        batch = take_in(import_sample(actor=manager, sample=sample))
        project = projects.create_project(
            actor=manager,
            dataset=batch.dataset,
            name=sample.name,
            kind=sample.kind,
            schema=sample.schema,
            guideline=sample.guideline,
            target=0.8,
        )
    sync_tasks(project.dataset_id)
    return project


def take_in(batch: IngestBatch) -> IngestBatch:
    """An upload that was started, at its end; its job is any worker's, or it is done here."""
    job = batch.job
    claim = jobs.claim_job(job_id=job.pk, worker="demo") if job is not None else None
    if claim is not None and job is not None:
        job.refresh_from_db()
        jobs.end(claim=claim, state=JobState.DONE, result=datalake.ingest(Running(claim, job)))
    for _ in range(600):
        if not batch.files.filter(finished=False).exists():
            return batch
        time.sleep(0.2)
    raise TimeoutError("The upload was not taken in within two minutes.")


def work_on(project: Project, sample: Sample) -> None:
    """Everything that people do to it, once."""
    if Annotation.objects.filter(project=project).exists():
        return
    _set_rules(project)
    dice = random.Random(sample.kind)
    tasks = list(Task.objects.filter(project=project).select_related("item").order_by("item__name", "pk"))
    labeled = tasks[: round(LABELED * len(tasks))]
    single = [task for task in labeled if task.required_annotations == 1]
    reviewed = [task for task in single if is_sampled_for_review(task.shuffle, REVIEWED)]
    twice = [task for task in labeled if task.required_annotations > 1]
    _predict(tasks[len(labeled) :], sample, dice)
    slips = {task.pk for task in reviewed[:2]}
    annotator, second = actor(Scope.LABELS_WRITE), actor(Scope.LABELS_REVIEW)
    assignment = BulkActionIn(action="assign", task_ids=[task.pk for task in labeled], user_id=annotator.user_id)
    apply_bulk_action(actor=actor(Scope.PROJECTS_WRITE), project=project, bulk=assignment)
    for task in labeled:
        right = sample.values[task.item.name]
        value = mistaken(right, sample, dice) if task.pk in slips else right
        _submit(annotator, task, value, dice)
    for number, task in enumerate(twice):
        right = sample.values[task.item.name]
        _submit(second, task, mistaken(right, sample, dice) if number == 0 else right, dice)
    for number, task in enumerate(reviewed):
        if number < max(3, len(reviewed) - 3):  # a few wait for their review
            _review(task, sample, number)
    _discuss(annotator, second, twice[:1] + labeled[:1])


def _set_rules(project: Project) -> None:
    rules = queue_settings_of(project).model_copy(
        update={
            "overlap": 2,
            "overlap_fraction": OVERLAP,
            "max_annotations_per_task": 3,
            "review_fraction": REVIEWED,
            "hourly_cost": 25.0,
        }
    )
    projects.set_queue_settings(actor=actor(Scope.PROJECTS_WRITE), project=project, queue_settings=rules, teams=[])
    project.refresh_from_db()
    apply_overlap(project=project)


def _submit(person: Actor, task: Task, value: dict[str, Any], dice: random.Random) -> None:
    parts = len(value.get("regions", value.get("spans", ())))
    active_ms = int((1500 + 2500 * parts) * dice.uniform(0.7, 1.5))
    queue.lease_task(actor=person, task_id=task.pk)
    queue.submit_annotation(actor=person, task_id=task.pk, value=value, client_id=uuid.uuid4(), active_ms=active_ms)


def mistaken(value: dict[str, Any], sample: Sample, dice: random.Random) -> dict[str, Any]:
    """What somebody in a hurry submits: another class, most regions or spans left out, a number far off.

    >>> mistaken({"number": 100.0}, None, random.Random(0))
    {'number': 160.0}
    """
    if "number" in value:
        return {"number": round(value["number"] * 1.6) + 0.0}
    if "label" in value:
        return {"label": dice.choice([label for label, _ in sample.labels if label != value["label"]])}
    if "labels" in value:
        return {"labels": [next(label for label, _ in sample.labels if label not in value["labels"])]}
    marks = "regions" if "regions" in value else "spans"
    third = value[marks][: len(value[marks]) // 3]
    return {marks: third} | ({"relations": []} if marks == "spans" else {})


def _review(task: Task, sample: Sample, number: int) -> None:
    """The first is sent back, the second corrected, the others accepted."""
    task.refresh_from_db()
    if task.state != TaskState.REVIEW or task.annotation_id is None or Review.objects.filter(task=task).exists():
        return
    verdict = {0: Verdict.REJECTED, 1: Verdict.CORRECTED}.get(number, Verdict.ACCEPTED)
    submit_review(
        actor=actor(Scope.LABELS_REVIEW),
        task_id=task.pk,
        annotation_id=task.annotation_id,
        verdict=verdict,
        client_id=uuid.uuid4(),
        value=sample.values[task.item.name] if verdict == Verdict.CORRECTED else None,
        reason="Please read the guidelines again and compare: something is missing or wrong here."
        if number == 0
        else "",
        active_ms=4000,
    )


def _predict(tasks: list[Task], sample: Sample, dice: random.Random) -> None:
    """A model's first draft for every second item that is left: right, or right but for a part."""
    rows = []
    for task in tasks[::2]:
        value, score = sample.values[task.item.name], round(dice.uniform(0.55, 0.97), 3)
        marks = next((name for name in ("regions", "spans") if len(value.get(name, ())) > 1), None)
        if marks:
            value = {**value, marks: value[marks][:-1]}
            ids = {mark["id"] for mark in value[marks]}
            if "relations" in value:
                value["relations"] = [
                    relation for relation in value["relations"] if {relation["from"], relation["to"]} <= ids
                ]
        rows.append(PreAnnotation(task=task, value=value, score=score, model=MODEL))
    PreAnnotation.objects.bulk_create(rows)


def _discuss(annotator: Actor, second: Actor, tasks: list[Task]) -> None:
    for task in tasks:
        create_comment(
            actor=annotator, task=task, region="", text="I am not sure about this one. Do the guidelines cover it?"
        )
    for task in tasks[:1]:
        create_comment(
            actor=second, task=task, region="", text="They do: see the first rule. Please leave it as it is."
        )
