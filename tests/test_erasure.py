"""A person who asks to be forgotten; items that are to be gone, wherever they went."""

import io
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from annotation.labeling.models import Annotation, Comment, Draft, Lease, Task
from annotation.labeling.services import count_tasks_by_state
from annotation.labeling.tests.factories import CommentFactory, DraftFactory
from annotation.projects.models import Project
from annotation.quality.models import GoldTask, Review
from annotation.quality.tests.factories import GoldTaskFactory, ReviewFactory
from annotation.snapshots.models import Snapshot, SnapshotEntry
from annotation.snapshots.services import build_snapshot, create_snapshot
from plateau.audit.models import AuditEvent
from plateau.datalake import erasure
from plateau.datalake.models import Asset, Dataset, Erasure, Item
from plateau.datalake.services import add_items, create_dataset
from plateau.datalake.sources import Entry
from plateau.identity.models import User
from plateau.identity.tests.test_identity import PASSWORD, sign_in, signed_in
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running
from plateau.jobs.models import Job
from registry.deployments.models import BatchPrediction
from registry.deployments.tests.factories import BatchPredictionFactory
from registry.model_versions.tests.factories import ModelVersionFactory
from workers.runtime.caches import apply_erasures

pytestmark = pytest.mark.django_db


def work(job, project: Project) -> None:
    """What a worker does with a job."""
    handler = {"snapshot": build_snapshot, "erase": erasure.erase}[job.kind]
    claim = jobs.claim_job(job_id=job.pk, worker="test")
    result = handler(Running(claim, job))
    jobs.end(claim=claim, state="done", result=result)


def frozen(people, project: Project) -> Snapshot:
    snapshot = create_snapshot(actor=people.actor("manager"), project=project)
    work(snapshot.job, project)
    snapshot.refresh_from_db()
    return snapshot


def parquet(ids: list[int]) -> ContentFile:
    out = io.BytesIO()
    pq.write_table(pa.table({"item_id": ids, "name": [f"{item_id}.png" for item_id in ids]}), out)
    return ContentFile(out.getvalue())


def ids_in(key: str) -> list[int]:
    with default_storage.open(key) as file:
        return pq.read_table(io.BytesIO(file.read()))["item_id"].to_pylist()


def test_an_erased_person_is_nameless_and_their_answers_stay(people, make_project, answer_all):
    project, actor = make_project(items=3), people.actor("annotator")
    answer_all(actor, project, limit=2)
    session, token = signed_in("annotator"), people.client("annotator")
    task = Task.objects.exclude(state="done").first()
    CommentFactory(task=task, user_id=actor.user_id, text="my telephone is 555")
    DraftFactory(task=task, user=people.members["ours", "annotator"].user)
    member, admin = people.members["ours", "annotator"], people.client("admin")
    assert people.client("admin", "theirs").post(f"/api/v1/members/{member.pk}/erase/").status_code == 404
    assert admin.post(f"/api/v1/members/{people.members['ours', 'admin'].pk}/erase/").status_code == 409
    assert admin.post(f"/api/v1/members/{member.pk}/erase/").status_code == 204
    assert [client.get("/api/v1/me/").status_code for client in (session, token)] == [401, 401]
    user = User.objects.get(pk=member.user_id)
    assert "annotator" not in (user.email + user.name).lower()
    assert sign_in(Client(), "annotator@ours.example", PASSWORD).status_code == 401
    assert Annotation.objects.filter(user=user).count() == 2
    assert Comment.objects.get().text == "(erased)"
    assert not Draft.objects.exists()
    assert not Lease.objects.filter(user=user).exists()
    assert "annotator@ours.example" not in str(admin.get("/api/v1/audit-log/").json())


@pytest.fixture
def spread(people, make_project, answer_all, settings):
    """A project whose items went everywhere: labels, a review, gold, a snapshot, a version, predictions, a cache."""
    project, actor = make_project(items=12), people.actor("annotator")
    answer_all(actor, project, limit=11)
    snapshot = frozen(people, project)
    item = SnapshotEntry.objects.filter(snapshot=snapshot).order_by("pk").first().item
    task = Task.objects.get(item=item)
    ReviewFactory(annotation=task.annotation, verdict="corrected", correction=task.annotation)
    GoldTaskFactory(task=task, value={"label": "pear"})
    CommentFactory(task=task, user_id=actor.user_id, text="hm")
    version = ModelVersionFactory(project=project, snapshot=snapshot, name="fruit", version=1)
    everything = list(Item.objects.filter(dataset=project.dataset).values_list("pk", flat=True))
    key = default_storage.save("predictions/1/predictions.parquet", parquet(everything))
    BatchPredictionFactory(
        version=version, project=project, dataset=project.dataset, last_item_id=max(everything), result_key=key
    )
    for folder in ("pictures", "features/net-v1"):
        place = settings.PLATEAU_HOME / "cache" / folder / item.asset.sha256[:2]
        place.mkdir(parents=True)
        (place / f"{item.asset.sha256}{'.npy' if 'net' in folder else ''}").write_bytes(b"x")
    return project, snapshot, version, item


def ask_to_erase(people, item: Item, role: str = "admin", **more) -> Any:
    body = {"item_ids": [item.pk], "reason": "the customer asked"} | more
    return people.client(role).post(f"/api/v1/datasets/{item.dataset_id}/erasures/", body, "application/json")


def test_what_a_shorter_time_would_erase_is_counted_before_it_is_set(people, make_project):
    project = make_project(items=3)
    Item.objects.filter(dataset=project.dataset, name="1.png").update(created_at=timezone.now() - timedelta(days=40))
    address, client = f"/api/v1/datasets/{project.dataset_id}/erasures/preview/", people.client()
    assert client.post(address, {"retention_days": 30}, "application/json").json()["items"] == 1
    assert client.post(address, {"retention_days": 50}, "application/json").json()["items"] == 0
    for wrong in ({}, {"item_ids": [1], "retention_days": 30}):
        response = client.post(address, wrong, "application/json")
        assert (response.status_code, "give either" in response.json()["detail"]) == (400, True)


def test_what_an_erasure_would_touch_is_named_before_anything_is_lost(people, spread):
    _, snapshot, version, item = spread
    response = people.client().post(
        f"/api/v1/datasets/{item.dataset_id}/erasures/preview/", {"item_ids": [item.pk]}, "application/json"
    )
    assert response.status_code == 200
    impact = response.json()
    assert impact["items"] == 1
    assert impact["counts"] | {"tasks": 1, "labels": 1, "reviews": 1, "gold": 1} == impact["counts"]
    resources = {
        resource["kind"]: (resource["id"], resource["title"], resource["items"]) for resource in impact["resources"]
    }
    assert resources["snapshot"] == (snapshot.pk, "Fruit v1", 1)
    assert resources["model"] == (version.pk, "fruit v1", 1)
    assert resources["predictions"][2] == 1
    assert Item.objects.filter(pk=item.pk).exists()


def test_an_erased_item_is_nowhere_any_more(
    people, spread, settings, django_capture_on_commit_callbacks, mlflow_tables
):
    project, snapshot, version, item = spread
    asset, task = item.asset, Task.objects.get(item=item)
    files = [asset.storage_key, asset.display_key, asset.thumbnail_key, snapshot.manifest_key]
    before, old_hash = count_tasks_by_state(project_ids=[project.pk])[project.pk], snapshot.content_hash
    response = ask_to_erase(people, item)
    assert response.status_code == 202, response.json()
    with django_capture_on_commit_callbacks(execute=True):
        work(Erasure.objects.get().job, project)
    assert not Item.objects.filter(pk=item.pk).exists()
    assert not Asset.objects.filter(pk=asset.pk).exists()
    assert not Annotation.objects.filter(task_id=task.pk).exists()
    assert not Review.objects.exists()
    assert not GoldTask.objects.exists()
    assert not Comment.objects.exists()
    assert [resource for resource in files if default_storage.exists(resource)] == []
    left = [str(resource) for resource in (settings.PLATEAU_HOME / "cache").rglob("*") if asset.sha256 in resource.name]
    assert left == []
    after = count_tasks_by_state(project_ids=[project.pk])[project.pk]
    assert after["done"] == before["done"] - 1
    assert after["done"] == Task.objects.filter(project=project, state="done").count()
    snapshot.refresh_from_db()
    assert (snapshot.erased_count, snapshot.item_count, snapshot.content_hash) == (1, before["done"] - 1, old_hash)
    assert (
        snapshot.item_count
        == snapshot.train_count + snapshot.test_count
        == SnapshotEntry.objects.filter(snapshot=snapshot).count()
    )
    assert item.pk not in ids_in(snapshot.manifest_key)
    assert len(ids_in(snapshot.manifest_key)) == snapshot.item_count
    assert item.pk not in ids_in(BatchPrediction.objects.get().result_key)
    assert len(ids_in(BatchPrediction.objects.get().result_key)) == 11
    api = people.client()
    assert api.get(f"/api/v1/model-versions/{version.pk}/").json()["erased_items"] == 1
    assert api.get(f"/api/v1/snapshots/{snapshot.pk}/").json()["erased_count"] == 1
    erasure = api.get("/api/v1/erasures/").json()["results"][0]
    assert (erasure["reason"], erasure["report"]["items"], erasure["job"]["state"]) == ("the customer asked", 1, "done")
    assert {resource["kind"] for resource in erasure["report"]["resources"]} == {"snapshot", "model", "predictions"}
    event = AuditEvent.objects.get(action="items.erased")
    assert (event.data["items"], item.name in str(event.data)) == (1, False)


def test_the_same_picture_goes_from_other_datasets_of_the_organization_and_from_no_other(people, spread, make_project):
    project, _, _, item = spread
    copies = create_dataset(actor=people.actor(), name="Copies")
    add_items(dataset_id=copies.pk, rows=[(Entry("copy.png"), item.asset)])
    theirs = make_project(items=12, organization="theirs")
    assert ask_to_erase(people, item).status_code == 202
    work(Erasure.objects.get().job, project)
    assert not Item.objects.filter(dataset=copies).exists()
    assert Item.objects.filter(dataset=theirs.dataset).count() == 12
    theirs_asset = Asset.objects.get(organization_id=theirs.organization_id, sha256=item.asset.sha256)
    assert default_storage.exists(theirs_asset.storage_key)


def test_an_erasure_that_is_cut_off_between_rows_and_files_goes_on(people, spread, monkeypatch):
    project, _, _, item = spread
    key = item.asset.storage_key
    ask_to_erase(people, item)
    row = Erasure.objects.get()

    def broken(name: str) -> None:
        raise OSError("away")

    monkeypatch.setattr(type(default_storage._wrapped), "delete", lambda self, name: broken(name))
    claim = jobs.claim_job(job_id=row.job_id, worker="test")
    running = Running(claim, row.job)
    with pytest.raises(OSError, match="away"):
        erasure.erase(running)
    jobs.end(claim=claim, state="failed", error="away")
    monkeypatch.undo()
    assert not Item.objects.filter(pk=item.pk).exists()
    assert default_storage.exists(key)
    assert (erasure.retry_failed(), erasure.retry_failed()) == (1, 0)
    row.refresh_from_db()
    work(row.job, project)
    assert Job.objects.get(pk=row.job_id).result == {"items": 1}
    assert not default_storage.exists(key)


def test_erasing_is_for_admins_needs_a_reason_and_items_of_the_dataset(people, spread, make_project):
    _, _, _, item = spread
    assert ask_to_erase(people, item, role="manager").status_code == 403
    assert ask_to_erase(people, item, reason="").json()["errors"][0]["field"] == "reason"
    foreign = make_project(items=1, name="Other").dataset.items.get()
    wrong = ask_to_erase(people, item, item_ids=[item.pk, foreign.pk])
    assert wrong.json()["errors"][0] == {
        "field": "item_ids", "message": f"{foreign.pk} is not an item of this dataset"
    }  # fmt: skip
    assert ask_to_erase(people, item).status_code == 202
    assert ask_to_erase(people, item).status_code == 409


def test_items_are_erased_when_their_datasets_time_is_up(people, make_project):
    project = make_project(items=4)
    old = Item.objects.filter(dataset=project.dataset, name__in=["0.png", "1.png"])
    old.update(created_at=timezone.now() - timedelta(days=31))
    assert erasure.erase_expired() == 0
    api = people.client()
    address = f"/api/v1/datasets/{project.dataset_id}/"
    assert people.client("manager").patch(address, {"retention_days": 30}, "application/json").status_code == 403
    assert api.patch(address, {"retention_days": 0}, "application/json").status_code == 400
    assert api.patch(address, {"retention_days": 30}, "application/json").json()["retention_days"] == 30
    assert erasure.erase_expired() == 1
    assert erasure.erase_expired() == 0  # one at a time
    work(Erasure.objects.get().job, project)
    assert sorted(Item.objects.filter(dataset=project.dataset).values_list("name", flat=True)) == ["2.png", "3.png"]
    assert Dataset.objects.get(pk=project.dataset_id).retention_days == 30
    assert api.patch(address, {"note": "kept"}, "application/json").json()["retention_days"] == 30
    assert api.patch(address, {"retention_days": None}, "application/json").json()["retention_days"] is None


def test_a_machine_that_trains_later_forgets_what_was_erased_meanwhile(people, spread, tmp_path):
    project, _, _, item = spread
    sha256 = item.asset.sha256
    place = tmp_path / "elsewhere" / "pictures" / sha256[:2] / sha256
    place.parent.mkdir(parents=True)
    place.write_bytes(b"x")
    ask_to_erase(people, item)
    work(Erasure.objects.get().job, project)
    apply_erasures(tmp_path / "elsewhere")
    assert not place.exists()
    place.write_bytes(b"taken in again")
    apply_erasures(tmp_path / "elsewhere")
    assert place.exists()
