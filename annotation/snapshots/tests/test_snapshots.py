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
from annotation.snapshots.models import Snapshot, SnapshotEntry, SplitSide
from annotation.snapshots.services import build, create_snapshot
from annotation.snapshots.split import Member, assign, draw, same_pictures
from annotation.snapshots.tests.test_split import encoded, metal
from conftest import png
from labelkit.annotations import LabelIn, SchemaIn
from labelkit.media.image import ImageMedia
from plateau.datalake.services import add_items, create_dataset, save_asset
from plateau.datalake.sources import Entry
from plateau.http.errors import Conflict
from plateau.jobs import services as jobs
from plateau.jobs import tasks
from plateau.jobs.handlers import Running

KEY = "ab" * 32


def freeze(people, project) -> Snapshot:
    snapshot = create_snapshot(actor=people.actor("manager"), project=project)
    claim = jobs.claim_job(job_id=snapshot.job_id, worker="test")
    build(Running(claim, snapshot.job))
    snapshot.refresh_from_db()
    return snapshot


def member(number: int, shade: int = 0, seed: int | None = None, **known) -> Member:
    picture = ImageMedia().probe(png(number if seed is None else seed, shade=shade), max_pixels=10**6)
    return Member(number, f"{number:064d}", picture.fingerprint, **known)


def test_the_sealed_share_is_what_was_asked_for():
    drawn = [draw(KEY, f"{number:064d}", share=0.2) for number in range(20_000)]
    assert abs(drawn.count("sealed") / 20_000 - 0.2) < 0.01


def test_another_project_draws_another_split():
    one = [draw(KEY, f"{number:064d}", share=0.5) for number in range(64)]
    other = [draw("cd" * 32, f"{number:064d}", share=0.5) for number in range(64)]
    assert one != other


def test_near_duplicates_stand_on_one_side():
    members = [member(number) for number in range(40)]
    copies = [member(100 + number, shade=2, seed=number) for number in range(40)]
    sides = {one.item_id: one.side for one in assign(members + copies, key=KEY, share=0.5)}
    assert all(sides[number] == sides[100 + number] for number in range(40))
    assert set(sides.values()) == {"train", "sealed"}


def test_different_pictures_are_no_duplicates():
    prints = np.stack([np.frombuffer(member(number).fingerprint, np.uint8) for number in range(30)])
    pairs = same_pictures(prints, prints)
    assert pairs.left.tolist() == pairs.right.tolist()
    assert sorted(pairs.left) == list(range(30))


def test_a_new_copy_joins_the_side_that_was_drawn_and_drawn_sides_never_move():
    known = member(1, side="sealed", group=1)
    drawn = assign([known, member(2, shade=1, seed=1)], key=KEY, share=0.0001)
    assert [(one.item_id, one.side, one.group) for one in drawn] == [(2, "sealed", 1)]


def test_what_resembles_both_sides_is_used_on_neither():
    known = [member(1, side="sealed", group=1), member(2, shade=2, seed=1, side="train", group=2)]
    drawn = assign([*known, member(3, shade=1, seed=1)], key=KEY, share=0.2)
    assert [one.side for one in drawn] == ["neither"]


@pytest.mark.django_db
def test_a_snapshot_freezes_labels_with_their_versions_and_a_sealed_part(people, make_project, answer_all):
    project = make_project(items=40)
    answer_all(people.actor("annotator"), project)
    snapshot = freeze(people, project)
    assert (snapshot.state, snapshot.rows) == ("ready", 40)
    assert snapshot.train + snapshot.sealed == 40
    table = pq.read_table(io.BytesIO(default_storage.open(snapshot.manifest_key).read())).to_pydict()
    assert sorted(table["annotation_id"]) == sorted(Task.objects.values_list("annotation_id", flat=True))
    assert table["side"].count("sealed") == snapshot.sealed
    assert set(table["label"]) == {"apple", "pear"}
    assert SnapshotEntry.objects.filter(snapshot=snapshot).count() == 40


@pytest.mark.django_db
def test_sides_stay_when_labels_grow_and_the_hash_tells_versions_apart(people, make_project, answer_all):
    project, actor = make_project(items=30), people.actor("annotator")
    answer_all(actor, project, limit=15)
    first = freeze(people, project)
    sides = dict(SplitSide.objects.values_list("item_id", "side"))
    answer_all(actor, project)
    second = freeze(people, project)
    later = dict(SplitSide.objects.values_list("item_id", "side"))
    assert all(later[item] == side for item, side in sides.items())
    assert (first.rows, second.rows) == (15, 30)
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
    with pytest.raises(Conflict, match="Nothing is labeled"):
        create_snapshot(actor=people.actor("manager"), project=make_project())


@pytest.mark.django_db
def test_a_build_that_is_repeated_after_its_worker_was_lost_changes_nothing(people, make_project, answer_all):
    project = make_project(items=5)
    answer_all(people.actor("annotator"), project)
    snapshot = freeze(people, project)
    running = Running(jobs.Claim(snapshot.job_id, 1), snapshot.job)
    assert build(running)["content_hash"] == snapshot.content_hash
    assert SnapshotEntry.objects.filter(snapshot=snapshot).count() == 5


@pytest.mark.django_db
def test_sides_that_somebody_drew_meanwhile_stay_and_no_transaction_is_open_while_drawing(
    people, make_project, monkeypatch
):
    project = make_project(items=6)
    ids = list(Task.objects.filter(project=project).values_list("item_id", flat=True))
    open_at_first, calls = len(connection.savepoint_ids), []

    def slow(members, **options):
        assert len(connection.savepoint_ids) == open_at_first
        if not calls:
            SplitSide.objects.create(project=project, item_id=ids[0], side="sealed", group=ids[0])
        calls.append(len(members))
        return assign(members, **options)

    monkeypatch.setattr(services, "assign", slow)
    drawn = services.draw_sides(project=project, item_ids=ids)
    assert calls == [6, 6]
    assert drawn[ids[0]] == "sealed"
    assert SplitSide.objects.filter(project=project).count() == 6
    assert services.draw_sides(project=project, item_ids=[*ids, 10**9]) == drawn


def one_group(members, **options):
    """As if all were the same, drawn to the training side."""
    return [replace(one, side="train", group=members[0].item_id) for one in members]


@pytest.mark.django_db
def test_a_split_that_leaves_a_side_empty_is_refused_before_anything_is_frozen(
    people, make_project, answer_all, monkeypatch
):
    project = make_project(items=30, side=8)
    answer_all(people.actor("annotator"), project)
    monkeypatch.setattr(services, "assign", one_group)
    snapshot = create_snapshot(actor=people.actor("manager"), project=project)
    claim = jobs.claim_job(job_id=snapshot.job_id, worker="test")
    tasks._work(Running(claim, snapshot.job))
    told = people.client("manager").get(f"/api/v1/snapshots/{snapshot.pk}/").json()
    assert (told["state"], told["job"]["state"]) == ("failed", "failed")
    assert "None of the 30 labeled items would be held out to judge models by" in told["job"]["error"]
    assert "1 groups of identical or nearly identical items, the largest of 30" in told["job"]["error"]
    assert not SplitSide.objects.exists()
    assert not SnapshotEntry.objects.exists()
    assert not default_storage.exists("snapshots")
    monkeypatch.undo()
    assert freeze(people, project).rows == 30


@pytest.mark.django_db
def test_few_items_may_all_stand_on_one_side(people, make_project, answer_all, monkeypatch):
    project = make_project(items=4)
    answer_all(people.actor("annotator"), project)
    monkeypatch.setattr(services, "assign", one_group)
    assert freeze(people, project).sealed == 0


@pytest.mark.django_db
def test_a_project_of_one_material_can_be_frozen_with_both_sides(people):
    actor = people.actor("admin")
    dataset = create_dataset(actor=actor, name="Plates")
    rows = [
        (Entry(f"{one}.png"), save_asset(organization_id=actor.organization_id, data=encoded(metal(one, side=128))))
        for one in range(60)
    ]
    add_items(dataset_id=dataset.pk, rows=rows)
    schema = SchemaIn(labels=[LabelIn(id="good", name="Good", color="#b91c1c")])
    project = create_project(actor=actor, dataset=dataset, name="Dents", kind="classification", schema=schema)
    ids = list(dataset.items.values_list("pk", flat=True))
    sides = services.draw_sides(project=project, item_ids=ids)
    assert set(sides.values()) == {"train", "sealed"}


def test_rows_with_fill_values_are_listed_frozen_and_exported(people, make_project):
    """1e20 is the usual fill value of NetCDF tables; JavaScript and jq write it with all its zeros."""
    project, client = make_project(items=0, kind="row_classification"), people.client("manager")
    flows = ["1e20", "100000000000000000000", "3.5", "-1e300"]
    lines = [f'{{"name": "r{n}", "row": {{"flow": {flow}, "n": {n}}}}}' for n, flow in enumerate(flows)]
    address = f"/api/v1/projects/{project.pk}/"
    answer = client.post(f"{address}tasks/import/", "\n".join(lines), content_type="application/x-ndjson")
    assert (answer.status_code, answer.json()["created_count"]) == (201, 4)
    labels = [json.dumps({"name": f"r{n}", "value": {"label": "pear" if n % 2 else "apple"}}) for n in range(4)]
    import_labels(
        actor=people.actor("manager"),
        project=project,
        fmt=FORMATS["jsonl"],
        file=io.BytesIO("\n".join(labels).encode()),
    )

    items = client.get(f"/api/v1/datasets/{project.dataset_id}/items/").json()["results"]
    assert {one["name"]: one["meta"]["flow"] for one in items} == {"r0": 1e20, "r1": 1e20, "r2": 3.5, "r3": -1e300}
    snapshot = freeze(people, project)
    with default_storage.open(snapshot.manifest_key) as file:
        rows = pq.read_table(file).to_pylist()
    assert sorted(json.loads(row["meta"])["flow"] for row in rows) == [-1e300, 3.5, 1e20, 1e20]
    exported = b"".join(client.get(f"{address}export/?format=jsonl").streaming_content)
    assert exported.count(b"\n") == 4
    # what the list says can be sent again
    again = "\n".join(json.dumps({"name": one["name"], "row": one["meta"]}) for one in items)
    answer = client.post(f"{address}tasks/import/", again, content_type="application/x-ndjson")
    assert (answer.status_code, answer.json()["created_count"]) == (201, 0)


def test_a_row_with_a_number_that_cannot_be_kept_is_named_and_nothing_is_written(people, make_project):
    project = make_project(items=0, kind="row_classification")
    body = '{"row": {"flow": 1}}\n{"row": {"flow": 100000000000000000001}}\n{"text": "a", "meta": {"x": [NaN]}}'
    answer = people.client("manager").post(
        f"/api/v1/projects/{project.pk}/tasks/import/", body, content_type="application/x-ndjson"
    )
    errors = answer.json()["errors"]
    assert [(one["field"], "`row.flow`" in one["message"], "`meta.x.0`" in one["message"]) for one in errors] == [
        ("line 2", True, False),
        ("line 3", False, True),
    ]
    assert not Task.objects.filter(project=project).exists()
