"""However a job ends, nothing that it leaves stands in the way of the same request: for every kind of job."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone

from annotation.labeling.aggregation import MAX_BYTES_IN_REQUEST, aggregate_annotations
from annotation.labeling.models import Task
from annotation.labeling.tests.factories import AnnotationFactory
from annotation.projects.models import Project
from annotation.snapshots.models import Snapshot
from labelkit.tests.pictures import make_png
from plateau.datalake.models import Dataset
from plateau.jobs import services as jobs
from plateau.jobs.errors import JobNotRestartable
from plateau.jobs.kinds import JOB_KINDS
from plateau.jobs.models import Job, JobState
from registry.model_versions.models import ModelVersion
from registry.model_versions.tests.factories import ModelVersionFactory
from tests.applications import of_applications
from workers.demo import services as demo
from workers.learning_curves.tests.curves import create_ready_snapshot

pytestmark = pytest.mark.django_db
KINDS = sorted(entry.kind.key for entry in JOB_KINDS.values())
FACTS = {"flavors": ["onnx"], "labels": ["apple", "pear"], "image_size": 32}


class Place:
    """Everything that some kind of job needs, and the calls by which people order it."""

    def __init__(self, people: Any, make_project: Callable[..., Any], answer_all: Callable[..., None]) -> None:
        self.people, self.make_project, self.answer_all = people, make_project, answer_all
        self.client: Client = people.client("admin")
        self.kept: dict[str, Any] = {}

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What the first call made, at every later one."""
        if name not in self.kept:
            self.kept[name] = make()
        return self.kept[name]

    def post(self, path: str, body: dict[str, Any] | None = None, **files: Any) -> dict[str, Any]:
        """A request that goes through."""
        if files:
            response = self.client.post(f"/api/v1/{path}", (body or {}) | files)
        else:
            response = self.client.post(f"/api/v1/{path}", body or {}, content_type="application/json")
        assert response.status_code < 300, (path, response.status_code, response.content)
        return dict(response.json())

    def job_of(self, path: str, body: dict[str, Any] | None = None, **files: Any) -> int:
        """The job of a request that goes through: the answer itself, or `job` in it."""
        created = self.post(path, body, **files)
        return int(created.get("job", created)["id"])

    def project(self, items: int = 4) -> Project:
        return self.once("project", lambda: self.make_project(items=items, side=8))

    def labeled(self, items: int = 4) -> Project:
        def make() -> Project:
            self.answer_all(self.people.actor("annotator"), self.project(items))
            return self.project()

        return self.once("labeled", make)

    def ready(self) -> Snapshot:
        return self.once("ready", lambda: create_ready_snapshot(self.project(), 1, 4))

    def version(self) -> ModelVersion:
        return self.once(
            "version", lambda: ModelVersionFactory(project=self.project(), snapshot=self.ready(), facts=FACTS)
        )

    def dataset(self) -> Dataset:
        return self.project().dataset

    def learned(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        where = f"projects/{self.ready().project_id}/{kind}/"
        return self.post(where, {"snapshot_id": self.ready().pk, **body})

    def upload(self) -> int:
        def make() -> int:
            number = int(self.post(f"datasets/{self.dataset().pk}/uploads/")["id"])
            self.post(f"uploads/{number}/files/", files=SimpleUploadedFile("new.png", make_png(77)))
            return number

        return self.once("upload", make)

    def contract(self) -> int:
        def make() -> int:
            terms = {"target": 0.9, "expected": 0.95}
            body = {"title": "Good enough", "terms": terms, **self.people.signers(self.project())}
            row = self.post(f"projects/{self.project().pk}/contracts/", body)
            for role, party in (("customer", "customer"), ("scientist", "maker")):
                signed = self.people.client(role).post(
                    f"/api/v1/contracts/{row['id']}/sign/",
                    {"party": party, "terms_hash": row["terms_hash"]},
                    content_type="application/json",
                )
                assert signed.status_code == 200
            return int(row["id"])

        return self.once("contract", make)


def order_selection(place: Place) -> int:
    Project.objects.filter(pk=place.project().pk).update(order="margin")
    return int(place.post(f"projects/{place.project().pk}/queue/reorder/")["job_id"])


def submit_import(place: Place) -> int:
    file = SimpleUploadedFile("labels.jsonl", b"{}")
    return place.job_of(f"projects/{place.project().pk}/labels/import/", {"format": "jsonl"}, file=file)


def request_evaluation(place: Place) -> int:
    body = {"model_version_id": place.version().pk}
    return int(place.post(f"contracts/{place.contract()}/evaluations/", body)["evaluations"][0]["job"]["id"])


def order_trial(place: Place) -> int:
    place.learned("sweeps", {"recipe": "image_probe", "trial_count": 2})
    return Job.objects.filter(kind="trial").latest("pk").pk


def order_aggregation(place: Place) -> int:
    task = Task.objects.filter(project=place.labeled()).earliest("pk")
    AnnotationFactory(
        task=task,
        user=place.people.members["ours", "scientist"].user,
        value={"label": "pear", "note": "x" * MAX_BYTES_IN_REQUEST},
    )
    with transaction.atomic():
        aggregate_annotations(actor=place.people.actor("annotator"), task_id=task.pk)
    return Job.objects.filter(kind="aggregation").latest("pk").pk


def order_demo(place: Place) -> int:
    place.once("people", demo.create_people)
    job = demo.order_filling()
    assert job is not None
    return job.pk


def order_demo_run(place: Place) -> int:
    place.once("people", demo.create_people)
    job = demo.order_run(project=place.project())
    assert job is not None
    return job.pk


def submit_erasure(place: Place) -> int:
    body = {"item_ids": [place.dataset().items.first().pk], "reason": "asked"}
    return place.job_of(f"datasets/{place.dataset().pk}/erasures/", body)


ORDERS: dict[str, Callable[[Place], int]] = {
    "aggregation": order_aggregation,
    "consensus": lambda place: place.job_of(f"projects/{place.project().pk}/consensus/", {"method": "auto"}),
    "demo": order_demo,
    "demo-run": order_demo_run,
    "label-issues": lambda place: place.job_of(f"projects/{place.labeled(50).pk}/label-issues/"),
    "erase": submit_erasure,
    "evaluate": lambda place: place.job_of(f"model-versions/{place.version().pk}/evaluate/"),
    "export": lambda place: place.job_of(f"model-versions/{place.version().pk}/exports/"),
    "import_labels": submit_import,
    "ingest": lambda place: place.job_of(f"uploads/{place.upload()}/start/"),
    "evaluate_contract": request_evaluation,
    "predict": lambda place: place.job_of(
        f"model-versions/{place.version().pk}/batch-predictions/", {"dataset_id": place.dataset().pk}
    ),
    "active-learning-simulation": lambda place: int(place.learned("active-learning-simulations", {})["job"]["id"]),
    "selection": order_selection,
    "snapshot": lambda place: place.job_of(f"projects/{place.labeled().pk}/snapshots/"),
    "learning-curve": lambda place: int(place.learned("learning-curves", {"recipe": "image_probe"})["job"]["id"]),
    "train": lambda place: int(place.learned("runs", {"recipe": "image_probe"})["job"]["id"]),
    "trial": order_trial,
}
for application in of_applications():
    ORDERS |= application.JOB_ORDERS


def cancel(place: Place, number: int) -> None:
    """As people do; the demo has people of its own."""
    job = Job.objects.get(pk=number)
    if job.organization_id == place.people.actor().organization_id:
        place.post(f"jobs/{number}/cancel/")
    else:
        jobs.request_cancel(job=job)


def cancel_queued(place: Place, number: int) -> str:
    cancel(place, number)
    return JobState.CANCELLED


def cancel_running(place: Place, number: int) -> str:
    claim = jobs.claim_job(job_id=number, worker="test")
    cancel(place, number)
    assert claim is not None
    assert jobs.heartbeat(claim=claim)
    jobs.end(claim=claim, state=JobState.CANCELLED)
    return JobState.CANCELLED


def cancel_lost(place: Place, number: int) -> str:
    jobs.claim_job(job_id=number, worker="test")
    cancel(place, number)
    Job.objects.filter(pk=number).update(lease_until=timezone.now() - timedelta(minutes=1))
    jobs.requeue_lost()
    return JobState.CANCELLED


def fail(place: Place, number: int) -> str:
    claim = jobs.claim_job(job_id=number, worker="test")
    assert claim is not None
    jobs.end(claim=claim, state=JobState.FAILED, error="boom")
    return JobState.FAILED


def lose_every_worker(place: Place, number: int) -> str:
    for _ in range(Job.objects.get(pk=number).max_attempts):
        assert jobs.claim_job(job_id=number, worker="test") is not None
        Job.objects.filter(pk=number).update(lease_until=timezone.now() - timedelta(minutes=1))
        jobs.requeue_lost()
    return JobState.FAILED


def delete(place: Place, number: int) -> str:
    try:
        Job.objects.filter(pk=number).delete()
    except ProtectedError:
        pytest.skip("a row that names the job keeps it from being deleted")
    return ""


ENDS = [cancel_queued, cancel_running, cancel_lost, fail, lose_every_worker, delete]


@pytest.fixture
def place(people, make_project, answer_all) -> Place:
    return Place(people, make_project, answer_all)


def test_every_kind_of_job_that_has_a_handler_is_ordered_here():
    assert sorted(ORDERS) == KINDS


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("kind", KINDS)
def test_however_a_job_ends_the_same_request_goes_through_again(place, kind, end):
    first = ORDERS[kind](place)
    assert Job.objects.get(pk=first).kind == kind
    state = end(place, first)
    assert not state or Job.objects.get(pk=first).state == state
    second = ORDERS[kind](place)
    assert second != first
    again = Job.objects.get(pk=second)
    assert (again.kind, again.state) == (kind, JobState.QUEUED)


# Kinds that are ordered anew instead.
NOT_RESTARTED = {"evaluate_contract", "snapshot"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_failed_job_of_every_kind_starts_again_with_its_payload_or_says_why_not(place, kind):
    number = ORDERS[kind](place)
    payload = Job.objects.get(pk=number).payload
    fail(place, number)
    job, admin = Job.objects.get(pk=number), place.people.actor("admin")
    if kind in NOT_RESTARTED:
        with pytest.raises(JobNotRestartable, match=r"[Rr]un a new one|Create a new"):
            jobs.restart(actor=admin, job=job)
        return
    restarted = jobs.restart(actor=admin, job=job)
    assert (restarted.pk, restarted.state, restarted.payload, restarted.error) == (number, "queued", payload, "")
    assert jobs.claim_job(job_id=number, worker="test") is not None


@pytest.mark.parametrize("end", ENDS)
def test_a_snapshot_whose_job_is_over_reads_as_failed_and_a_live_curve_goes_on(place, end):
    from workers.learning_curves import scheduling
    from workers.learning_curves.services import set_learning_curve_schedule

    project, actor = place.labeled(12), place.people.actor("scientist")
    plan = set_learning_curve_schedule(
        actor=actor, project=project, recipe="image_probe", every_labels=10, every_hours=None, enabled=True
    )
    assert [scheduling.advance_schedule(plan.pk), scheduling.advance_schedule(plan.pk)] == ["frozen", "freezing"]
    snapshot = Snapshot.objects.get(project=project)
    end(place, snapshot.job_id)
    assert place.client.get(f"/api/v1/snapshots/{snapshot.pk}/").json()["state"] == "failed"
    assert scheduling.advance_schedule(plan.pk) == "failed"
    Snapshot.objects.update(created_at=timezone.now() - scheduling.RETRY_AFTER)
    assert scheduling.advance_schedule(plan.pk) == "frozen"


@pytest.mark.parametrize("end", ENDS[:5])
def test_an_evaluation_without_a_result_is_no_submission_and_its_late_verdict_does_not_count(place, end):
    from plateau.http.errors import Conflict
    from registry.contracts.models import ContractEvaluation
    from registry.contracts.services import save_evaluation

    end(place, request_evaluation(place))
    assert place.client.get(f"/api/v1/contracts/{place.contract()}/").json()["submissions_left"] == 1
    other_version = ModelVersionFactory(project=place.project(), snapshot=place.ready(), facts=FACTS)
    late = ContractEvaluation.objects.get()
    contract = place.post(f"contracts/{place.contract()}/evaluations/", {"model_version_id": other_version.pk})
    assert (len(contract["evaluations"]), contract["submissions_left"]) == (2, 0)
    with pytest.raises(Conflict, match="does not count"):
        save_evaluation(evaluation=late, item_results=[], result={"verdict": "pass"})


@pytest.mark.parametrize("end", ENDS)
def test_an_upload_whose_job_is_over_takes_its_file_anew_and_goes_on(place, end):
    from plateau.datalake.services import ingest
    from plateau.jobs.handlers import Running

    first = ORDERS["ingest"](place)
    number = place.upload()
    again = SimpleUploadedFile("new.png", make_png(78))
    refused = place.client.post(f"/api/v1/uploads/{number}/files/", {"files": again})
    assert (refused.status_code, refused.json()["code"]) == (409, "upload_started")
    end(place, first)
    place.post(f"uploads/{number}/files/", files=SimpleUploadedFile("new.png", make_png(78)))
    job = Job.objects.get(pk=ORDERS["ingest"](place))
    claim = jobs.claim_job(job_id=job.pk, worker="test")
    assert claim is not None
    result = ingest(Running(claim, job))
    jobs.end(claim=claim, state=JobState.DONE, result=result)
    assert result["added"] == 1
    assert place.client.post(f"/api/v1/uploads/{number}/start/").status_code == 409


@pytest.mark.parametrize("end", ENDS)
def test_files_of_items_that_are_gone_are_deleted_however_the_erasure_ended(place, end):
    from plateau.datalake.erasure import erase, retry_failed
    from plateau.datalake.models import Erasure
    from plateau.jobs.handlers import Running

    first = submit_erasure(place)
    left = place.dataset().items.count()
    key = default_storage.save("assets/left", ContentFile(b"x"))
    Erasure.objects.update(files=[key])  # as where it was cut off between rows and files
    state = end(place, first)
    assert retry_failed() == 1
    job = Erasure.objects.get().job
    claim = jobs.claim_job(job_id=job.pk, worker="test")
    assert claim is not None
    jobs.end(claim=claim, state=JobState.DONE, result=erase(Running(claim, job)))
    assert not default_storage.exists(key)
    assert place.dataset().items.count() == (left - 1 if state == JobState.FAILED else left)
    assert retry_failed() == 0


def test_the_demo_freezes_again_where_its_snapshot_was_cancelled(place):
    place.once("people", demo.create_people)
    project = place.labeled()
    first = ORDERS["snapshot"](place)
    cancel_queued(place, first)
    snapshot = demo._snapshot(project, 1)
    assert (snapshot.version, snapshot.state) == (2, "ready")
    assert demo._snapshot(project, 1) == snapshot
