"""The demo organization: real pictures, real labels, through the services that people use.

Pictures and labels are Fashion-MNIST's own (3,000 of 70,000); a small project of each type stands on the product's
sample data. NOTICE has the licenses.
"""

import csv
import json
import os
import secrets
import time
import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.db import transaction

from annotation.labeling import queue
from annotation.labeling.models import Task
from annotation.labeling.services import sync_tasks
from annotation.projects import services as projects
from annotation.projects.models import Project
from annotation.samples.catalog import SAMPLES
from annotation.snapshots.models import Snapshot, SnapshotState
from annotation.snapshots.services import build_snapshot, create_snapshot
from labelkit.annotations import LabelIn, SchemaIn
from labelkit.messages import Message
from plateau.access.scopes import Scope
from plateau.datalake import services as datalake
from plateau.datalake.models import BatchState, Dataset, IngestBatch
from plateau.identity.models import Membership, Organization, User
from plateau.identity.services import create_organization, role_by_key
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running
from plateau.jobs.models import Job, JobState
from plateau.jobs.queries import find_jobs
from workers.demo.additions import additions
from workers.demo.agreement import agree
from workers.demo.job_kinds import DEMO, DEMO_RUN, DemoRunPayload, FillPayload
from workers.demo.people import actor
from workers.demo.quality import second_opinions, use_rules
from workers.demo.samples import project_of, take_in, work_on
from workers.learning_curves.models import LearningCurve, LearningCurveSchedule
from workers.learning_curves.services import set_learning_curve_schedule, submit_learning_curve
from workers.training.models import TrainingRun
from workers.training.services import submit_training

DATA = Path(__file__).parent / "data"
NAME = "Demo"
FASHION = "Fashion items"
ANSWERS = 2600
# A first curve at a quarter of the labels: what it forecasts is held against the second one.
EARLY = ANSWERS // 4
LIVE_EVERY = 200
# The order in which the small projects are made: pictures with boxes and texts with names are in the tutorials.
_SHOWN_FIRST = ("boxes", "spans", *(kind for kind in SAMPLES if kind not in ("boxes", "spans")))
_LEFT_UNDONE = (JobState.FAILED, JobState.CANCELLED)
_COLORS = ["#4363d8", "#e6194b", "#3cb44b", "#f58231", "#911eb4", "#008080", "#9a6324", "#808000", "#c2185b", "#5d6d7e"]
_FASHION_RULES = """Choose the **one** class that fits the garment best.

| class | look for |
|---|---|
| T-shirt/top | short sleeves or none, no buttons |
| Shirt | buttons or a collar |
| Pullover | long sleeves, no opening |
| Coat | long sleeves, opens in front |
| Sandal / Sneaker / Ankle boot | open, flat, above the ankle |

*The labels in this demo are Fashion-MNIST's own published labels, entered through the same services that people use.*
"""


def sign_ins_file() -> Path:
    """Where the generated passwords lie, readable by the owner alone."""
    return Path(settings.PLATEAU_HOME) / "demo-sign-ins.json"


@transaction.atomic
def create_people() -> list[dict[str, str]]:
    """The organization and one person of each role; their generated passwords are kept in a file.

    Once made they are only read again, so that sign-ins stay valid from one start to the next.
    """
    path = sign_ins_file()
    if Organization.objects.filter(slug="demo").exists():
        return json.loads(path.read_text()) if path.exists() else []
    people = json.loads((DATA / "people.json").read_text())
    sign_ins: list[dict[str, str]] = [
        person | {"email": f"{person['role']}@demo.example", "password": secrets.token_urlsafe(12)} for person in people
    ]
    first = sign_ins[0]
    admin = create_organization(
        name=NAME, admin_email=first["email"], admin_name=first["name"], password=first["password"]
    )
    for person in sign_ins[1:]:
        user = User.objects.create_user(person["email"], person["password"], name=person["name"])
        role = role_by_key(organization_id=admin.organization_id, key=person["role"])
        Membership.objects.create(organization=admin.organization, user=user, role=role)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(sign_ins, file)
    return sign_ins


def order_filling() -> Job | None:
    """Let a worker fill the organization; None where that was done or is under way."""
    admin = actor(Scope.MEMBERS_WRITE)
    if find_jobs(DEMO, organization=admin.organization_id).exclude(state__in=_LEFT_UNDONE).exists():
        return None
    return jobs.submit(DEMO, FillPayload(), actor=admin)


def order_run(*, project: Project) -> Job | None:
    """Let a worker deploy the first model and send it pictures; None where that was done or is under way."""
    if find_jobs(DEMO_RUN, project=project.pk).exclude(state__in=_LEFT_UNDONE).exists():
        return None
    order = DemoRunPayload(project_id=project.pk)
    return jobs.submit(DEMO_RUN, order, actor=actor(Scope.MODELS_WRITE), project_id=project.pk)


def fill(running: Running[FillPayload]) -> dict[str, object]:
    """Handler of job kind `demo`: each step looks first whether it was done, so it can be repeated."""
    running.report(done=0, total=100, message="images")
    fashion = _dataset("Fashion-MNIST, 3,000 pictures")
    _take_in(fashion, "fashion_mnist_3000.zip")
    running.report(done=40, total=100, message="projects")
    names = _fashion_labels()
    project = _project(fashion, FASHION, "classification", sorted(set(names.values())), _FASHION_RULES, target=0.9)
    small = [(project_of(SAMPLES[kind]), SAMPLES[kind]) for kind in _SHOWN_FIRST]
    use_rules(project)
    scientist = actor(Scope.MODELS_WRITE)
    agree(project)
    _answer(running, project, names, EARLY)
    early = _snapshot(project, 1)
    if not LearningCurve.objects.filter(snapshot=early).exists():
        submit_learning_curve(actor=scientist, snapshot=early, recipe="image_probe", params={})
    _answer(running, project, names, ANSWERS)
    second_opinions(project, names)
    running.report(done=90, total=100, message="creating the snapshot")
    snapshot = _snapshot(project, 2)
    if not TrainingRun.objects.filter(project=project).exists():
        submit_training(actor=scientist, snapshot=snapshot, recipe="image_probe", params={}, seed=0)
        submit_training(
            actor=scientist, snapshot=snapshot, recipe="image_cnn", params={"epochs": 6, "width": 16}, seed=0
        )
    if not LearningCurve.objects.filter(snapshot=snapshot).exists():
        submit_learning_curve(actor=scientist, snapshot=snapshot, recipe="image_probe", params={})
    if not LearningCurveSchedule.objects.filter(project=project).exists():
        set_learning_curve_schedule(
            actor=scientist,
            project=project,
            recipe="image_probe",
            every_labels=LIVE_EVERY,
            every_hours=None,
            enabled=True,
        )
    running.report(done=95, total=100, message="small projects")
    for small_project, sample in small:
        work_on(small_project, sample)
    for add in additions():
        add()
    order_run(project=project)
    running.report(done=100, total=100, message="sample data added")
    return {"project_id": project.pk, "snapshot_id": snapshot.pk}


def _dataset(name: str) -> Dataset:
    manager = actor(Scope.PROJECTS_WRITE)
    dataset = Dataset.objects.visible_to(manager).filter(name=name).first()
    return dataset or datalake.create_dataset(actor=manager, name=name)


def _take_in(dataset: Dataset, file: str) -> None:
    manager = actor(Scope.PROJECTS_WRITE)
    batch = IngestBatch.objects.filter(dataset=dataset).order_by("pk").first()
    batch = batch or datalake.open_batch(actor=manager, dataset=dataset)
    if not batch.files.exists():
        with (DATA / file).open("rb") as stream:
            datalake.stage_file(batch=batch, name=file, file=File(stream, name=file))
    if batch.current_state == BatchState.OPEN:
        batch = datalake.start_batch(actor=manager, batch=batch)
    take_in(batch)


def _slug(name: str) -> str:
    return name.lower().replace("/", "-").replace(" ", "-")


def _fashion_labels() -> dict[str, str]:
    with (DATA / "fashion_mnist_3000.csv").open(newline="") as file:
        return {row["file"]: row["label"] for row in csv.DictReader(file)}


def _project(dataset: Dataset, name: str, kind: str, labels: list[str], rules: str, *, target: float) -> Project:
    manager = actor(Scope.PROJECTS_WRITE)
    project = Project.objects.visible_to(manager).filter(name=name).first()
    if project is None:
        schema = SchemaIn(
            labels=[
                LabelIn(id=_slug(label), name=label, color=_COLORS[number], key=str((number + 1) % 10))
                for number, label in enumerate(labels)
            ]
        )
        project = projects.create_project(
            actor=manager, dataset=dataset, name=name, kind=kind, schema=schema, guideline=rules, target=target
        )
    sync_tasks(dataset.pk)
    return project


def _answer(running: Running[FillPayload], project: Project, names: dict[str, str], until: int) -> None:
    """Lease and submit as an annotator's browser would; the rest stays in the queue to try."""
    annotator = actor(Scope.LABELS_WRITE)
    annotated_count = Task.objects.filter(project=project, annotation_count__gt=0).count()
    while annotated_count < until:
        tasks = queue.lease_next_tasks(actor=annotator, project_id=project.pk, count=10, resume=True).tasks
        if not tasks:
            return
        for task in tasks:
            value = {"label": _slug(names[task["item"]["name"]])}
            queue.submit_annotation(
                actor=annotator, task_id=task["id"], value=value, client_id=uuid.uuid4(), active_ms=1200
            )
        annotated_count += len(tasks)
        running.report(
            done=45 + 45 * annotated_count // ANSWERS,
            total=100,
            message=Message("labels: {count}", count=annotated_count),
        )


def _snapshot(project: Project, number: int) -> Snapshot:
    """The first or second snapshot that did not fail, ready; its job is any worker's, or it is built here."""
    manager = actor(Scope.PROJECTS_WRITE)
    rows = project.snapshots.select_related("job").order_by("version")
    good = [row for row in rows if row.current_state != SnapshotState.FAILED]
    snapshot = good[number - 1] if len(good) >= number else create_snapshot(actor=manager, project=project)
    job = snapshot.job
    claim = jobs.claim_job(job_id=job.pk, worker="demo") if job is not None else None
    if claim is not None and job is not None:
        result = build_snapshot(Running(claim, job))
        jobs.end(claim=claim, state=JobState.DONE, result=result)
    for _ in range(600):
        snapshot.refresh_from_db()
        if snapshot.state == SnapshotState.READY:
            return snapshot
        time.sleep(0.2)
    raise TimeoutError("The snapshot was not built in two minutes.")
