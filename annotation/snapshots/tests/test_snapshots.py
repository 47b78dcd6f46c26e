import io
import json
import uuid
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from django.core.files.storage import default_storage
from django.db import connection

from annotation.formats.catalog import FORMATS
from annotation.formats.imports import import_labels
from annotation.labeling import queue
from annotation.labeling.models import Task
from annotation.projects.services import create_project
from annotation.snapshots import services
from annotation.snapshots.errors import NothingLabeled
from annotation.snapshots.models import Snapshot, SnapshotEntry, SplitAssignment
from annotation.snapshots.services import build_snapshot, create_snapshot
from annotation.snapshots.split import Member, assign_splits, is_drawn, same_pictures
from annotation.snapshots.tests.factories import SplitAssignmentFactory
from annotation.snapshots.tests.test_split import encoded, metal
from labelkit.annotations import LabelIn, SchemaIn
from labelkit.media.image import ImageMedia
from labelkit.tests.pictures import make_png
from plateau.datalake.models import Item
from plateau.datalake.services import add_items, create_dataset, save_asset
from plateau.datalake.sources import Entry
from plateau.jobs import services as jobs
from plateau.jobs import tasks
from plateau.jobs.handlers import Running

KEY = "ab" * 32


def freeze(people, project) -> Snapshot:
    snapshot = create_snapshot(actor=people.actor("manager"), project=project)
    claim = jobs.claim_job(job_id=snapshot.job_id, worker="test")
    build_snapshot(Running(claim, snapshot.job))
    snapshot.refresh_from_db()
    return snapshot


def member(number: int, shade: int = 0, seed: int | None = None, **known) -> Member:
    picture = ImageMedia().probe(make_png(number if seed is None else seed, shade=shade), max_pixels=10**6)
    return Member(number, f"{number:064d}", picture.fingerprint, **known)


def test_the_drawn_fraction_is_what_was_asked_for():
    drawn = [is_drawn(KEY, f"{number:064d}", fraction=0.2) for number in range(20_000)]
    assert abs(sum(drawn) / 20_000 - 0.2) < 0.01


def test_another_project_draws_another_split():
    draws = [[is_drawn(key, f"{number:064d}", fraction=0.5) for number in range(64)] for key in (KEY, "cd" * 32)]
    assert draws[0] != draws[1]


def test_near_duplicates_are_in_one_split():
    members = [member(number) for number in range(40)]
    copies = [member(100 + number, shade=2, seed=number) for number in range(40)]
    splits = {member.item_id: member.split for member in assign_splits(members + copies, seed=KEY, test_fraction=0.5)}
    assert all(splits[number] == splits[100 + number] for number in range(40))
    assert set(splits.values()) == {"train", "test"}


def test_different_pictures_are_no_duplicates():
    prints = np.stack([np.frombuffer(member(number).fingerprint, np.uint8) for number in range(30)])
    pairs = same_pictures(prints, prints)
    assert pairs.left.tolist() == pairs.right.tolist()
    assert sorted(pairs.left) == list(range(30))


def test_a_new_copy_joins_the_split_that_was_drawn_and_drawn_splits_never_change():
    known = member(1, split="test", group=1)
    drawn = assign_splits([known, member(2, shade=1, seed=1)], seed=KEY, test_fraction=0.0001)
    assert [(member.item_id, member.split, member.group) for member in drawn] == [(2, "test", 1)]


def test_what_resembles_both_splits_is_excluded():
    known = [member(1, split="test", group=1), member(2, shade=2, seed=1, split="train", group=2)]
    drawn = assign_splits([*known, member(3, shade=1, seed=1)], seed=KEY, test_fraction=0.2)
    assert [member.split for member in drawn] == ["excluded"]


@pytest.mark.django_db
def test_a_snapshot_freezes_labels_with_their_versions_and_a_test_set(people, make_project, answer_all):
    project = make_project(items=40)
    answer_all(people.actor("annotator"), project)
    snapshot = freeze(people, project)
    assert (snapshot.state, snapshot.item_count) == ("ready", 40)
    assert snapshot.train_count + snapshot.test_count == 40
    table = pq.read_table(io.BytesIO(default_storage.open(snapshot.manifest_key).read())).to_pydict()
    assert sorted(table["annotation_id"]) == sorted(Task.objects.values_list("annotation_id", flat=True))
    assert table["split"].count("test") == snapshot.test_count
    assert set(table["label"]) == {"apple", "pear"}
    assert SnapshotEntry.objects.filter(snapshot=snapshot).count() == 40


@pytest.mark.django_db
def test_splits_stay_when_labels_grow_and_the_hash_tells_versions_apart(people, make_project, answer_all):
    project, actor = make_project(items=30), people.actor("annotator")
    answer_all(actor, project, limit=15)
    first = freeze(people, project)
    splits = dict(SplitAssignment.objects.values_list("item_id", "split"))
    answer_all(actor, project)
    second = freeze(people, project)
    later = dict(SplitAssignment.objects.values_list("item_id", "split"))
    assert all(later[item] == split for item, split in splits.items())
    assert (first.item_count, second.item_count) == (15, 30)
    assert first.content_hash != second.content_hash


@pytest.mark.django_db
def test_the_same_labels_have_the_same_hash_and_a_changed_label_another(people, make_project, answer_all):
    project, actor = make_project(items=6), people.actor("annotator")
    answer_all(actor, project)
    first, second = freeze(people, project), freeze(people, project)
    assert first.content_hash == second.content_hash
    task = Task.objects.filter(project=project).first()
    label = "pear" if task.annotation.value["label"] == "apple" else "apple"
    queue.submit_annotation(actor=actor, task_id=task.pk, value={"label": label}, client_id=uuid.uuid4())
    assert freeze(people, project).content_hash != first.content_hash


@pytest.mark.django_db
def test_nothing_labeled_is_nothing_to_freeze(people, make_project):
    with pytest.raises(NothingLabeled):
        create_snapshot(actor=people.actor("manager"), project=make_project())


@pytest.mark.django_db
def test_a_build_that_is_repeated_after_its_worker_was_lost_changes_nothing(people, make_project, answer_all):
    project = make_project(items=5)
    answer_all(people.actor("annotator"), project)
    snapshot = freeze(people, project)
    running = Running(jobs.Claim(snapshot.job_id, 1), snapshot.job)
    assert build_snapshot(running)["content_hash"] == snapshot.content_hash
    assert SnapshotEntry.objects.filter(snapshot=snapshot).count() == 5


@pytest.mark.django_db
def test_splits_that_somebody_drew_meanwhile_stay_and_no_transaction_is_open_while_drawing(
    people, make_project, monkeypatch
):
    project = make_project(items=6)
    ids = list(Task.objects.filter(project=project).values_list("item_id", flat=True))
    open_at_first, calls = len(connection.savepoint_ids), []

    def slow(members, **options):
        assert len(connection.savepoint_ids) == open_at_first
        if not calls:
            SplitAssignmentFactory(project=project, item=Item.objects.get(pk=ids[0]), split="test")
        calls.append(len(members))
        return assign_splits(members, **options)

    monkeypatch.setattr(services, "assign_splits", slow)
    drawn = services.draw_splits(project=project, item_ids=ids)
    assert calls == [6, 6]
    assert drawn[ids[0]] == "test"
    assert SplitAssignment.objects.filter(project=project).count() == 6
    assert services.draw_splits(project=project, item_ids=[*ids, 10**9]) == drawn


def one_group(members, **options):
    """As if all were the same, drawn to the training split."""
    return [replace(member, split="train", group=members[0].item_id) for member in members]


@pytest.mark.django_db
def test_a_draw_that_leaves_a_split_empty_is_refused_before_anything_is_frozen(
    people, make_project, answer_all, monkeypatch
):
    project = make_project(items=30, side=8)
    answer_all(people.actor("annotator"), project)
    monkeypatch.setattr(services, "assign_splits", one_group)
    snapshot = create_snapshot(actor=people.actor("manager"), project=project)
    claim = jobs.claim_job(job_id=snapshot.job_id, worker="test")
    tasks._work(Running(claim, snapshot.job))
    body = people.client("manager").get(f"/api/v1/snapshots/{snapshot.pk}/").json()
    assert (body["state"], body["job"]["state"]) == ("failed", "failed")
    assert "None of the 30 labeled items would be held out to evaluate models on" in body["job"]["error"]
    assert "1 groups of near-duplicates, the largest with 30 items" in body["job"]["error"]
    assert not SplitAssignment.objects.exists()
    assert not SnapshotEntry.objects.exists()
    assert not default_storage.exists("snapshots")
    monkeypatch.undo()
    assert freeze(people, project).item_count == 30


@pytest.mark.django_db
def test_few_items_may_all_be_in_one_split(people, make_project, answer_all, monkeypatch):
    project = make_project(items=4)
    answer_all(people.actor("annotator"), project)
    monkeypatch.setattr(services, "assign_splits", one_group)
    assert freeze(people, project).test_count == 0


@pytest.mark.django_db
def test_a_project_of_one_material_can_be_frozen_with_both_splits(people):
    actor = people.actor("admin")
    dataset = create_dataset(actor=actor, name="Plates")
    rows = [
        (
            Entry(f"{number}.png"),
            save_asset(organization_id=actor.organization_id, data=encoded(metal(number, side=128))),
        )
        for number in range(60)
    ]
    add_items(dataset_id=dataset.pk, rows=rows)
    schema = SchemaIn(labels=[LabelIn(id="good", name="Good", color="#b91c1c")])
    project = create_project(actor=actor, dataset=dataset, name="Dents", kind="classification", schema=schema)
    ids = list(dataset.items.values_list("pk", flat=True))
    splits = services.draw_splits(project=project, item_ids=ids)
    assert set(splits.values()) == {"train", "test"}


def test_rows_with_fill_values_are_listed_frozen_and_exported(people, make_project):
    """1e20 is the usual fill value of NetCDF tables; JavaScript and jq write it with all its zeros."""
    project, client = make_project(items=0, kind="row_classification"), people.client("manager")
    flows = ["1e20", "100000000000000000000", "3.5", "-1e300"]
    lines = [f'{{"name": "r{n}", "row": {{"flow": {flow}, "n": {n}}}}}' for n, flow in enumerate(flows)]
    address = f"/api/v1/projects/{project.pk}/"
    response = client.post(f"{address}tasks/import/", "\n".join(lines), content_type="application/x-ndjson")
    assert (response.status_code, response.json()["created_count"]) == (201, 4)
    labels = [json.dumps({"name": f"r{n}", "value": {"label": "pear" if n % 2 else "apple"}}) for n in range(4)]
    import_labels(
        actor=people.actor("manager"),
        project=project,
        fmt=FORMATS["jsonl"],
        file=io.BytesIO("\n".join(labels).encode()),
    )

    items = client.get(f"/api/v1/datasets/{project.dataset_id}/items/").json()["results"]
    assert {item["name"]: item["meta"]["flow"] for item in items} == {"r0": 1e20, "r1": 1e20, "r2": 3.5, "r3": -1e300}
    snapshot = freeze(people, project)
    with default_storage.open(snapshot.manifest_key) as file:
        rows = pq.read_table(file).to_pylist()
    assert sorted(json.loads(row["meta"])["flow"] for row in rows) == [-1e300, 3.5, 1e20, 1e20]
    exported = b"".join(client.get(f"{address}export/?format=jsonl").streaming_content)
    assert exported.count(b"\n") == 4
    # what the list says can be sent again
    again = "\n".join(json.dumps({"name": item["name"], "row": item["meta"]}) for item in items)
    response = client.post(f"{address}tasks/import/", again, content_type="application/x-ndjson")
    assert (response.status_code, response.json()["created_count"]) == (201, 0)


def test_a_row_with_a_number_that_cannot_be_kept_is_named_and_nothing_is_written(people, make_project):
    project = make_project(items=0, kind="row_classification")
    body = '{"row": {"flow": 1}}\n{"row": {"flow": 100000000000000000001}}\n{"text": "a", "meta": {"x": [NaN]}}'
    response = people.client("manager").post(
        f"/api/v1/projects/{project.pk}/tasks/import/", body, content_type="application/x-ndjson"
    )
    errors = response.json()["errors"]
    assert [
        (error["field"], "`row.flow`" in error["message"], "`meta.x.0`" in error["message"]) for error in errors
    ] == [
        ("line 2", True, False),
        ("line 3", False, True),
    ]
    assert not Task.objects.filter(project=project).exists()
